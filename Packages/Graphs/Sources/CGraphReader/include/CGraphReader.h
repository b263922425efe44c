#pragma once

#if __has_include(<gvc.h>)
#include <gvc.h>
#else
#error "Graphviz is missing: install the Debian package libgraphviz-dev, or run ./Scripts/setup"
#endif

/// Reads a graph in DOT; returns NULL on failure. Its clusters, which are named cluster_0, cluster_1 and so on,
/// are ordered by number. Calls must not overlap.
Agraph_t *_Nullable flambeau_read_graph(const char *_Nonnull dot);

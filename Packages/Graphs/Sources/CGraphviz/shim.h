#if __has_include(<gvc.h>)
#include <gvc.h>
#else
#error "Graphviz is missing: install the Debian package libgraphviz-dev, or run ./Scripts/setup"
#endif

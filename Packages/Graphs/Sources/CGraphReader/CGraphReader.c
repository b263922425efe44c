// libcgraph orders subgraphs by the addresses of their names, so drawings would differ between runs. Here,
// clusters are identified by their numbers instead, and everything else as usual.

#include "include/CGraphReader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK ((IDTYPE)1 << 62)

static long map_name(void *state, int kind, char *name, IDTYPE *id, int creates) {
  unsigned long number;
  char end;
  if (kind == AGRAPH && name && sscanf(name, "cluster_%lu%c", &number, &end) == 1) {
    // Odd, so that libcgraph does not treat it as an address.
    *id = MARK | (2 * number + 1);
    return 1;
  }
  return AgIdDisc.map(state, kind, name, id, creates);
}

static char *print_name(void *state, int kind, IDTYPE id) {
  // Several names may be in use at the same time.
  static char names[16][32];
  static int next;
  if (kind == AGRAPH && id & MARK) {
    char *name = names[next++ % 16];
    snprintf(name, sizeof names[0], "cluster_%lu", (unsigned long)((id & ~MARK) / 2));
    return name;
  }
  return AgIdDisc.print(state, kind, id);
}

Agraph_t *flambeau_read_graph(const char *dot) {
  // Static, since the graph keeps pointers to them.
  static Agiddisc_t ids;
  static Agdisc_t discipline;
  ids = AgIdDisc;
  ids.map = (__typeof__(ids.map))map_name;
  ids.print = (__typeof__(ids.print))print_name;
  discipline = AgDefaultDisc;
  discipline.id = &ids;
  size_t size = strlen(dot);
  FILE *file = size > 0 ? fmemopen((void *)dot, size, "r") : NULL;
  if (!file) return NULL;
  Agraph_t *graph = agread(file, &discipline);
  fclose(file);
  return graph;
}

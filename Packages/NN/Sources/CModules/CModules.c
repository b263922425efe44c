#include "include/CModules.h"

_Thread_local bool flambeau_init_is_skipped;

#include "include/CModules.h"

_Thread_local const ModuleCall *_Nullable flambeau_module_call;
_Thread_local bool flambeau_init_is_skipped;

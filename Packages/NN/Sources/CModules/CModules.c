#include "include/CModules.h"

_Thread_local const ModuleCall *_Nullable flambeau_module_call;

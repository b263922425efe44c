#include "include/CAutograd.h"

_Thread_local bool flambeau_grad_disabled;
_Thread_local uint64_t flambeau_sequence;
_Thread_local bool flambeau_anomaly;
_Thread_local const Scope *_Nullable flambeau_scope;
_Thread_local void *_Nullable flambeau_autocast;

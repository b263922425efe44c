#include "include/CThreadState.h"

_Thread_local Ambient flambeau_ambient;
_Thread_local bool flambeau_has_ambient;
_Atomic long flambeau_tasks_with_ambient;
_Atomic(FindAmbient) flambeau_ambient_of_task;
_Thread_local uint64_t flambeau_sequence;

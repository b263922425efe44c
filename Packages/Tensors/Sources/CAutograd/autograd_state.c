#include "include/CAutograd.h"

_Thread_local bool flambeau_grad_disabled;
_Atomic uint64_t flambeau_sequence;

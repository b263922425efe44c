#pragma once
#include <COperations.h>

// One pass over a parameter for each step of an optimizer, over `count` contiguous elements.

/// m ← m + (1 - β₁)(g - m),  v ← β₂v + (1 - β₂)g²,
/// p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε),  where g includes weight_decay · p.
void flambeau_adam(
    DType dtype, long count, AdamStep step, void *p, const void *g, void *m, void *v);

/// v ← μv + (1 - dampening) g,  p ← p - lr · v (with Nesterov: p ← p - lr (g + μv)), where g
/// includes weight_decay · p. v may be null where the momentum is 0.
void flambeau_sgd(DType dtype, long count, SGDStep step, void *p, const void *g, void *v);

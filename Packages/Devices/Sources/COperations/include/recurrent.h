#pragma once

// A long short-term memory, element by element, for the kernels of all devices; T is the type to compute
// in. The gates i, f, g, o come in as what the inputs and the last state contribute.

// i, f, o ← σ, g ← tanh; next = f·c + i·g and h = o·tanh(next).
#define FLAMBEAU_LSTM_STEP                 \
  i = 1 / (1 + exp(-i));                   \
  f = 1 / (1 + exp(-f));                   \
  g = tanh(g);                             \
  o = 1 / (1 + exp(-o));                   \
  const T next = f * c + i * g;            \
  const T h = o * tanh(next);

// The derivatives by what came in, from those by h, which is dh, and by next, which is dc and becomes that
// by c.
#define FLAMBEAU_LSTM_GRADIENTS               \
  const T bent = tanh(next);               \
  const T cell = dc + dh * o * (1 - bent * bent); \
  const T di = cell * g * i * (1 - i);     \
  const T df = cell * c * f * (1 - f);     \
  const T dg = cell * i * (1 - g * g);     \
  const T d_o = dh * bent * o * (1 - o);   \
  dc = cell * f;

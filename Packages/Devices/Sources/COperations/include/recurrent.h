#pragma once

// An LSTM cell, for one element, for the kernels of all devices; T is the compute type. The gates i, f, g, o start as
// their pre-activations, the contributions of the input and the previous state.

// i, f, o ← σ, g ← tanh; next = f·c + i·g and h = o·tanh(next).
#define FLAMBEAU_LSTM_STEP                 \
  i = 1 / (1 + exp(-i));                   \
  f = 1 / (1 + exp(-f));                   \
  g = tanh(g);                             \
  o = 1 / (1 + exp(-o));                   \
  const T next = f * c + i * g;            \
  const T h = o * tanh(next);

// The gradients of the pre-activations, from those of h (dh) and of next (dc); dc becomes the gradient of c.
#define FLAMBEAU_LSTM_GRADIENTS                               \
  const T tanh_cell = tanh(next);                             \
  const T cell = dc + dh * o * (1 - tanh_cell * tanh_cell);   \
  const T di = cell * g * i * (1 - i);                        \
  const T df = cell * c * f * (1 - f);                        \
  const T dg = cell * i * (1 - g * g);                        \
  const T d_o = dh * tanh_cell * o * (1 - o);                 \
  dc = cell * f;

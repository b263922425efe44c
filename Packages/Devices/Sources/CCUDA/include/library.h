#pragma once
#pragma clang diagnostic ignored "-Wnullability-completeness"

// Each library is one table of functions, X(function, its name in the library, parameters), from which
// come a struct of pointers and what finds them; the simulator defines functions of the same names.

#define FLAMBEAU_MEMBER(function, symbol, ...) int (*_Nonnull function)(__VA_ARGS__);
#define FLAMBEAU_PROTOTYPE(function, symbol, ...) int symbol(__VA_ARGS__);

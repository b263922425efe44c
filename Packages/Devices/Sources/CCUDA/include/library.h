#pragma once
#pragma clang diagnostic ignored "-Wnullability-completeness"

// Each library is a table of functions, X(function, its symbol in the library, parameters), which generates a struct of
// function pointers and the function that looks them up; the simulator defines functions with the same symbols.

#define FLAMBEAU_MEMBER(function, symbol, ...) int (*_Nonnull function)(__VA_ARGS__);
#define FLAMBEAU_PROTOTYPE(function, symbol, ...) int symbol(__VA_ARGS__);

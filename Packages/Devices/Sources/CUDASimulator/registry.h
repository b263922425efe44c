#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

/// A kernel compiled for the host.
struct Kernel {
  std::string name;
  std::vector<size_t> parameter_sizes;
  /// The shared memory of this kernel and of all others for its dtype.
  char *shared_begin, *shared_end;
  void *function;
  void (*call)(void *function, void *const *parameters);
};

/// All kernels, by name.
std::map<std::string, Kernel> &kernels();

struct Registration {
  template <class... P>
  Registration(const char *name, void (*function)(P...), char *shared_begin, char *shared_end) {
    kernels()[name] = {
        name, {sizeof(P)...}, shared_begin, shared_end, (void *)function, [](void *function, void *const *parameters) {
          invoke((void (*)(P...))function, parameters, std::index_sequence_for<P...>());
        }};
  }

 private:
  template <class... P, size_t... I>
  static void invoke(
      void (*function)(P...), void *const *parameters, std::index_sequence<I...>) {
    function(*(std::remove_const_t<P> *)parameters[I]...);
  }
};

// Runs the calls that parity.py requests, one after the other, until a call stops the program.

import Tensors

@main
enum Parity {
  static func main() throws {
    while let request = try Request.next() {
      guard let name = request.operation else {
        try Answer(operations: operations.keys.sorted(), isLast: true).write()
        continue
      }
      let tensors = request.readTensors()
      do {
        try answer(request, operations[name]!, tensors)
      } catch let option as MissingOption {
        try Answer(missing: option.name, isLast: true).write()
      }
    }
  }

  /// Answers with the results. If gradients are wanted, the next request contains the gradients of
  /// the results, and its answer those of the inputs; likewise for second derivatives.
  private static func answer(
    _ request: Request, _ operation: Operation, _ tensors: [Tensor]
  ) throws {
    // The seed that PyTorch's operator database uses for random operations.
    manualSeed(42)
    var results = try operation(request.arguments, request.names, tensors)
    let leaves = tensors.filter(\.requiresGrad)
    try Answer(isLast: leaves.isEmpty).write(results)
    guard !leaves.isEmpty else { return }
    while let next = try Request.next(), !next.tensors.isEmpty {
      // The arguments are the indices of the results that have a gradient.
      let places = next.arguments.compactMap {
        if case .integer(let place) = $0 { place } else { nil }
      }
      let createsGraph = next.names["createGraph"] != nil
      for leaf in leaves { leaf.grad = nil }
      for (place, gradient) in zip(places, next.readTensors()) where results[place].requiresGrad {
        results[place].backward(
          gradient: gradient, retainGraph: true, createGraph: createsGraph)
      }
      let gradients = leaves.map(\.grad)
      try Answer(isLast: !createsGraph).write(gradients)
      guard createsGraph else { return }
      results = gradients.map { $0 ?? .zeros([]) }
    }
  }
}

/// All operations that both libraries have, by PyTorch's names.
let operations: [String: Operation] = [
  functions, arithmetic, comparisons, reductions, sorting, views, joining, indexing, linearAlgebra,
  making, drawing, activations, layers, windows, losses,
].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

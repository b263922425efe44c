extension Module: CustomStringConvertible {
  /// The nested modules, as PyTorch prints them.
  public var description: String { printed.text }

  private var printed: PrintedModule {
    PrintedModule(
      type: "\(Swift.type(of: self))", own: extraDescription,
      children: namedChildren().map { .init(name: $0.name, module: $0.module.printed) })
  }
}

/// A printed module: its type, its extra description and its children, in PyTorch's format.
struct PrintedModule: Equatable {
  struct Child: Equatable {
    let name: String
    let module: PrintedModule
  }

  let type: String
  let own: String
  let children: [Child]

  var text: String {
    var text = ""
    write(to: &text, indent: "")
    return text
  }

  private func write(to text: inout String, indent: String) {
    let lines = own.split(separator: "\n")
    if children.isEmpty, lines.count <= 1 {
      text += "\(type)(\(own))"
      return
    }
    let inner = indent + "  "
    text += "\(type)(\n"
    for line in lines { text += "\(inner)\(line)\n" }
    for run in runs() {
      text += "\(inner)(\(run.name)): "
      if run.count > 1 { text += "\(run.count) x " }
      run.module.write(to: &text, indent: inner)
      text += "\n"
    }
    text += "\(indent))"
  }

  /// The children; runs of equal ones in a list are merged: `(0-5): 6 x Linear(…)`.
  private func runs() -> [(name: String, count: Int, module: PrintedModule)] {
    guard type == "ModuleList" else { return children.map { ($0.name, 1, $0.module) } }
    var runs: [ArraySlice<Child>] = []
    for (place, child) in children.enumerated() {
      if let last = runs.last?.last, last.module == child.module {
        runs[runs.count - 1] = children[runs[runs.count - 1].startIndex...place]
      } else {
        runs.append(children[place...place])
      }
    }
    return runs.map { run in
      let (first, last) = (run.first!, run.last!)
      return (run.count == 1 ? first.name : "\(first.name)-\(last.name)", run.count, first.module)
    }
  }
}

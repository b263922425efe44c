import Foundation

/// A piece of code in a documentation comment.
struct Snippet {
  let file: String
  let line: Int
  let code: String

  /// All snippets: lines indented by four spaces in comments of public declarations.
  static func all() throws -> [Snippet] {
    let packages = Repository.root.appending(path: "Packages")
    let enumerator = FileManager.default.enumerator(
      at: packages, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    let files = (enumerator?.allObjects as? [URL] ?? []).filter {
      $0.pathExtension == "swift" && $0.path.contains("/Sources/")
        && !$0.path.contains("/Generated/")
    }.sorted { $0.path < $1.path }
    return try files.flatMap { file in
      try snippets(of: String(contentsOf: file, encoding: .utf8), in: file.lastPathComponent)
    }
  }

  private static func snippets(of text: String, in file: String) -> [Snippet] {
    var snippets: [Snippet] = []
    var code: [Substring] = []
    var before: Substring = ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let comment = line.drop { $0 == " " }
      if comment.hasPrefix("///     "), !code.isEmpty || before == "///" {
        code.append(comment.dropFirst(8))
      } else if comment == "///", !code.isEmpty {
        code.append("")
      } else if !code.isEmpty {
        let text = code.joined(separator: "\n").trimmingCharacters(in: .newlines)
        snippets.append(Snippet(file: file, line: number, code: text))
        code = []
      }
      before = comment
    }
    // A tree of folders is not code.
    return snippets.filter { !$0.code.hasPrefix("root/") }
  }

  /// Declarations that snippets may use without declaring them.
  private static let context: KeyValuePairs = [
    "vocabulary": "let vocabulary = Vocabulary(text)", "text": "let text = \"some text\"",
    "images": "let images = Tensor.rand([8, 1, 28, 28])",
    "labels": "let labels = Tensor.zeros([8], dtype: .int64)",
    "dataset": "let dataset = TensorDataset(Tensor.rand([8, 1, 28, 28]), Tensor.zeros([8]))",
    "loader": "let loader = DataLoader(TensorDataset(Tensor.zeros([4]), Tensor.zeros([4])))",
    "isDeep": "let isDeep = true", "layer": "let layer = Linear(2, 2)",
    "scheduler": "let scheduler = StepLR(optimizer, stepSize: 1)",
    "optimizer": "let optimizer = SGD([Tensor([0.0], requiresGrad: true)], lr: 0.1)",
    "validate": "func validate(_ model: Module) {}", "epochs": "let epochs = 3",
    "history": "var history = History()", "batchLoss": "let batchLoss = Tensor(0.0)",
    "batches": "let batches = [1, 2]", "batch": "let batch = Tensor.zeros([2])",
    "logits": "let logits = Tensor.zeros([2, 10])", "target": "let target = Tensor.zeros([2])",
    "step": "let step = 1", "checkpoint": "var checkpoint = Checkpoint()",
    "resume": "func resume(_ checkpoint: Checkpoint) {}",
    "a": "let a = Tensor.rand([2, 3, 4])", "b": "let b = Tensor.rand([2, 4, 3])",
    "x": "let x = Tensor.rand([4, 4])", "y": "let y = Tensor.zeros([4], dtype: .int64)",
    "model": """
    final class Parts: Module {
      let body = Linear(2, 2)
      let head = Linear(2, 2)
    }
    let model = Parts()
    """,
  ]

  /// A program in which each snippet is a function, with the declarations of the context that it
  /// uses.
  static func program(of snippets: [Snippet]) -> String {
    let functions = snippets.enumerated().map { index, snippet in
      var code = snippet.code.replacing("{ … }", with: "{}")
        .split(separator: "\n").filter { $0.trimmingCharacters(in: .whitespaces) != "…" }
        .joined(separator: "\n")
      if code.hasPrefix("override var") {
        code = "final class Part: Module {\n  let width = 1\n  let bias: Tensor? = nil\n\(code)\n}"
      }
      func uses(_ name: String, _ text: String) -> Bool {
        text.contains(try! Regex("(^|[^.\\w\"])\(name)($|[^\\w:])"))
          && !text.contains(try! Regex("(let|var|func|for) \\(?\(name)\\b"))
      }
      var needed: [String] = []
      var all = code
      let isScalar =
        snippet.file.hasPrefix("Value")
        || ["ScalarGrad", "Backward.swift"].contains(where: snippet.file.contains)
      if !isScalar || snippet.file == "RecordBackward.swift" {
        // Declarations that others of the context need come before them.
        for _ in 0..<3 {
          for (name, declaration) in context where uses(name, all) && !needed.contains(declaration)
          {
            needed.insert(declaration, at: 0)
            all = declaration + "\n" + all
          }
        }
      }
      let loss = snippet.file.hasPrefix("Value") ? "let loss: Value = 1" : "let loss = Tensor(0.0)"
      if uses("loss", code) { needed.append(loss) }
      return """
        // \(snippet.file):\(snippet.line)
        func snippet\(index)() async throws {
        \(needed.joined(separator: "\n"))
        do {
        \(code)
        }
        }

        """
    }
    return """
      import Flambeau
      import Foundation
      import TensorBoard

      \(functions.joined(separator: "\n"))
      print("\(snippets.count) pieces of code")

      """
  }
}

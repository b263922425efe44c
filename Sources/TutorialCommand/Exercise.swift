import Foundation

/// A piece of code that a page asks for: an exercise, or a step in which the reader's library
/// grows. The page has the solution in a fold, and a program beside it checks the reader's code.
struct Exercise {
  enum Kind: String {
    case exercise = "Exercise"
    case step = "Step"
  }

  let kind: Kind
  let number: Int
  let title: String
  /// The task.
  let text: String
  /// The declarations that the solution must have, as on the page.
  let signature: String
  /// The hints, each of which says more than the one before it.
  let hints: [String]
  let solutions: [Solution]
  /// The program that checks the solution, which is compiled together with the reader's file.
  let check: URL

  /// What the reader writes in one file.
  struct Solution {
    /// The file of a step, within the reader's folder; nil for an exercise, which has a file of its
    /// own.
    let file: String?
    /// Whether it replaces what the file had before this step, rather than following it.
    let isWhole: Bool
    let text: String
  }

  /// `Exercise1`, `Step1`: the name of its folder, and the end of its program's name.
  var name: String { "\(kind.rawValue)\(number)" }

  /// All code of the solution.
  var solution: String { solutions.map(\.text).joined(separator: "\n") }

  /// The names that the signature declares.
  var names: [String] { Self.declarations(in: signature).map(\.name) }

  /// The names of the declarations that a reader's code lacks.
  func missing(in code: String) -> [String] {
    let declared = Set(Self.declarations(in: code.replacing(#/(?m)//.*$/#, with: "")))
    return Self.declarations(in: signature).filter { !declared.contains($0) }.map(\.name)
  }

  private struct Declaration: Hashable {
    let isFunction: Bool
    let name: String
  }

  private static func declarations(in code: String) -> [Declaration] {
    code.matches(of: #/(func|class|struct|protocol|let|var|void) (\w+)/#).map {
      Declaration(isFunction: ["func", "void"].contains($0.1), name: String($0.2))
    }
  }

  /// The initial contents of the reader's file: the task, as a comment.
  var startingFile: String {
    let comment = "\(title)\n\n\(text)\n\n\(signature)"
    return comment.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "//\n" : "// \($0)\n" }.joined() + "\n"
  }
}

extension Chapter {
  /// The exercises or steps of the page: its sections `### Exercise 1: …`, `## Step 1: …`.
  var exercises: [Exercise] {
    let heading = #/(?m)^##+ (Exercise|Step) (\d+): (.*)\n/#
    var exercises: [Exercise] = []
    var title: (kind: Exercise.Kind, number: Int, text: String)?
    var section: [MarkdownPage.Part] = []
    func end() {
      guard let title else { return }
      exercises.append(
        Exercise(title.kind, title.number, title.text, section: section, in: folder))
    }
    for part in page.parts {
      if case .text(let text) = part, let match = text.firstMatch(of: heading) {
        end()
        title = (Exercise.Kind(rawValue: String(match.1))!, Int(match.2)!, String(match.3))
        section = [.text(String(text[match.range.upperBound...]))]
      } else {
        section.append(part)
      }
    }
    end()
    return exercises
  }
}

extension Exercise {
  fileprivate init(
    _ kind: Kind, _ number: Int, _ title: String, section: [MarkdownPage.Part], in folder: URL
  ) {
    let page = MarkdownPage(parts: section)
    func code(_ kind: String) -> [MarkdownPage.Block] {
      page.blocks.filter { $0.language.split(separator: " ").dropFirst().first == Substring(kind) }
    }
    self.kind = kind
    self.number = number
    self.title = title
    if case .text(let text)? = section.first {
      self.text = text.trimmingCharacters(in: .newlines)
    } else {
      text = ""
    }
    signature = code("signature").map(\.text).joined(separator: "\n")
      .trimmingCharacters(in: .newlines)
    hints = page.markdown.matches(
      of: #/(?s)<details><summary>Hint.*?</summary>\n(.*?)</details>/#
    ).map { $0.1.trimmingCharacters(in: .newlines) }
    solutions = code("solution").map { Solution($0) }
    check = folder.appending(path: "Checks/\(kind.rawValue)\(number).swift")
  }
}

extension Exercise.Solution {
  /// A block with the info string `swift solution`, `swift solution Value.swift`,
  /// `swift solution Value.swift, whole` or `c solution matmul.c`.
  fileprivate init(_ block: MarkdownPage.Block) {
    let words = block.language.replacing(",", with: "").split(separator: " ")
    let folder = words[0] == "c" ? Library.cName : Library.name
    file = words.count > 2 ? "\(folder)/\(words[2])" : nil
    isWhole = words.last == "whole"
    text = block.text
  }
}

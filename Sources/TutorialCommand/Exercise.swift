import Foundation

/// An exercise of a chapter: a section of its page that asks for a piece of code, with the solution
/// in a fold, and a program that checks the reader's code.
struct Exercise {
  let number: Int
  let title: String
  /// The task.
  let text: String
  /// The declarations that the solution must have, as on the page.
  let signature: String
  let solution: String
  /// The program that checks the solution, which is compiled together with the reader's file.
  let check: URL

  /// The names that the signature declares.
  var names: [String] {
    signature.matches(of: #/(?:func|class|struct|let|var) (\w+)/#).map { String($0.1) }
  }

  /// The names of the declarations that a reader's file lacks.
  func missing(in code: String) -> [String] {
    let code = code.replacing(#/(?m)//.*$/#, with: "")
    return names.filter { name in
      code.matches(of: #/(?:func|class|struct|let|var) (\w+)/#).allSatisfy { $0.1 != name }
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
  /// The exercises of the page, which begin with `### Exercise 1: …`.
  var exercises: [Exercise] {
    var exercises: [Exercise] = []
    var (title, text, signature) = ("", "", "")
    for part in page.parts {
      switch part {
      case .text(let markdown):
        let heading = #/(?m)^### Exercise \d+: (.*)\n/#
        if let match = markdown.firstMatch(of: heading) {
          title = String(match.1)
          text = markdown[match.range.upperBound...].trimmingCharacters(in: .newlines)
        }
      case .block(let block) where block.language == "swift signature":
        signature = block.text.trimmingCharacters(in: .newlines)
      case .block(let block) where block.language == "swift solution":
        let number = exercises.count + 1
        exercises.append(
          Exercise(
            number: number, title: title, text: text, signature: signature, solution: block.text,
            check: folder.appending(path: "Checks/Exercise\(number).swift")))
      case .block: break
      }
    }
    return exercises
  }
}

import Foundation
import Support

/// gnuplot, an external program that draws plots from a script.
enum Gnuplot {
  /// Writes a plot as SVG or PNG, by the path's extension. The file is replaced atomically.
  static func write(to path: String, width: Int, height: Int, _ script: String) throws {
    let terminal =
      switch URL(fileURLWithPath: path).pathExtension.lowercased() {
      case "svg": "svg size \(width),\(height) font 'Helvetica,13' background 'white'"
      case "png": "pngcairo size \(2 * width),\(2 * height) font 'Helvetica,24' background 'white'"
      default: throw PlotError.unknownExtension(path: path)
      }
    let picture = try draw(terminal, script)
    do {
      try picture.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw PlotError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  /// A plot as text, for a terminal.
  static func text(width: Int, height: Int, _ script: String) throws -> String {
    let text = try draw("dumb \(width) \(height) noenhanced", script)
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    return lines.filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
  }

  private static func draw(_ terminal: String, _ script: String) throws -> Data {
    let scriptFile = FileManager.default.temporaryDirectory.appending(
      path: "flambeau-\(UUID().uuidString).gnuplot")
    defer { try? FileManager.default.removeItem(at: scriptFile) }
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gnuplot", scriptFile.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do {
      try Data("set terminal \(terminal)\n\(script)".utf8).write(to: scriptFile)
      try process.run()
    } catch {
      throw PlotError.cannotRun(error.localizedDescription)
    }
    let picture = output.fileHandleForReading.readDataToEndOfFile()
    let message = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw process.terminationStatus == 127 ? PlotError.notInstalled : .failed(message)
    }
    return picture
  }
}

/// The errors of drawing a plot.
public enum PlotError: Error, Equatable, LocalizedError {
  /// gnuplot is not installed.
  case notInstalled
  /// gnuplot could not be started.
  case cannotRun(String)
  /// gnuplot failed, with its message.
  case failed(String)
  /// The picture could not be written.
  case cannotWrite(path: String, reason: String)
  /// The extension is neither svg nor png.
  case unknownExtension(path: String)

  public var errorDescription: String? {
    switch self {
    case .notInstalled: "gnuplot is not installed; on Debian: apt-get install gnuplot-nox"
    case .cannotRun(let reason): "gnuplot cannot be run: \(reason)"
    case .failed(let message): "gnuplot failed: \(message)"
    case .cannotWrite(let path, let reason): "cannot write the plot \(path): \(reason)"
    case .unknownExtension(let path): "plots are .svg or .png; \(path) is neither"
    }
  }
}

extension String {
  /// The text in single quotes, in which '' is gnuplot's only escape.
  var gnuplotQuoted: String {
    "'" + replacing("'", with: "''").replacing("\n", with: " ") + "'"
  }
}

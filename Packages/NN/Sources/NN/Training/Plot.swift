import Foundation
@_spi(Flambeau) import Graphs

/// Curves drawn by gnuplot, a program of its own: as a picture or as text.
public struct Plot: Sendable {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  /// Whether the y axis is logarithmic; then only positive numbers are drawn.
  public var isLogarithmic: Bool
  public var history: History

  public init(
    _ history: History, title: String, xLabel: String = "", yLabel: String = "",
    isLogarithmic: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.isLogarithmic = isLogarithmic
    self.history = history
  }

  /// Writes the plot as SVG. The file is replaced in one step.
  ///
  /// - Throws: ``PlotError``.
  public func writeSVG(to path: String) throws {
    let picture = try gnuplot(terminal: "svg size 720,420 font 'Helvetica,13' background 'white'")
    do {
      try picture.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw PlotError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  /// The plot as text, for a terminal.
  ///
  /// - Throws: ``PlotError``.
  public func text(width: Int = 76, height: Int = 20) throws -> String {
    let text = try gnuplot(terminal: "dumb \(width) \(height) noenhanced")
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    return lines.filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
  }

  private func gnuplot(terminal: String) throws -> Data {
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
      try Data(script(terminal: terminal).utf8).write(to: scriptFile)
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

  private func script(terminal: String) -> String {
    var script = """
      set terminal \(terminal)
      set title \(title.gnuplotQuoted)
      set xlabel \(xLabel.gnuplotQuoted)
      set ylabel \(yLabel.gnuplotQuoted)
      set key below width 2
      set format y '%g'
      set grid linecolor rgb '#d0d4da'
      set linetype 1 linewidth 2 linecolor rgb '#0072b2'
      set linetype 2 linewidth 2 linecolor rgb '#d55e00'
      set linetype 3 linewidth 2 linecolor rgb '#009e73'
      set linetype 4 linewidth 2 linecolor rgb '#cc79a7'

      """
    if isLogarithmic { script += "set logscale y\n" }
    let names = history.series.keys.map { "'-' with lines title \($0.gnuplotQuoted)" }
    script += "plot \(names.joined(separator: ", "))\n"
    for points in history.series.values {
      for point in points { script += "\(point.position) \(point.value)\n" }
      script += "e\n"
    }
    return script
  }
}

/// Why a plot could not be drawn.
public enum PlotError: Error, Equatable, LocalizedError {
  case notInstalled
  case cannotRun(String)
  case failed(String)
  case cannotWrite(path: String, reason: String)

  public var errorDescription: String? {
    switch self {
    case .notInstalled: "gnuplot is not installed; on Debian: apt-get install gnuplot-nox"
    case .cannotRun(let reason): "gnuplot cannot be run: \(reason)"
    case .failed(let message): "gnuplot failed: \(message)"
    case .cannotWrite(let path, let reason): "cannot write the plot \(path): \(reason)"
    }
  }
}

extension String {
  /// The text between single quotes, in which gnuplot knows no escapes but '' for '.
  fileprivate var gnuplotQuoted: String {
    "'" + replacing("'", with: "''").replacing("\n", with: " ") + "'"
  }
}

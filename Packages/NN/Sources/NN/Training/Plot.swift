/// A plot of curves, drawn by gnuplot as a picture or as text.
public struct Plot: Sendable {
  /// The title.
  public var title: String
  /// The label of the x axis.
  public var xLabel: String
  /// The label of the y axis.
  public var yLabel: String
  /// Whether the y axis is logarithmic; then only positive numbers are drawn.
  public var isLogarithmic: Bool
  /// The curves.
  public var history: History

  /// Creates a plot.
  ///
  /// - Parameters:
  ///   - history: curves to draw.
  ///   - title: title of the plot.
  ///   - xLabel: label of the x axis.
  ///   - yLabel: label of the y axis.
  ///   - isLogarithmic: whether the y axis is logarithmic.
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

  /// Writes the plot as SVG or PNG, by the path's extension. The file is replaced atomically.
  ///
  /// - Throws: ``PlotError``.
  public func write(to path: String) throws {
    try Gnuplot.write(to: path, width: 720, height: 420, script)
  }

  /// The plot as text, for a terminal.
  ///
  /// - Throws: ``PlotError``.
  public func text(width: Int = 76, height: Int = 20) throws -> String {
    try Gnuplot.text(width: width, height: height, script)
  }

  private var script: String {
    var script = """
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

/// A plot of curves, drawn by gnuplot as a picture or as text.
public struct Plot: Sendable {
  /// The title.
  public var title: String
  /// The label of the x axis.
  public var xLabel: String
  /// The label of the y axis.
  public var yLabel: String
  /// The scale of the x axis.
  public var xAxis: Axis
  /// The scale of the y axis.
  public var yAxis: Axis
  /// Places on the x axis, drawn as dashed lines with their names.
  public var marks: KeyValuePairs<String, Double>
  /// The curves.
  public var history: History

  /// The scale of an axis. On all but the linear one, only positive numbers are drawn.
  public enum Axis: Sendable {
    /// Equal steps for equal differences.
    case linear
    /// Equal steps for equal ratios, with ticks at powers of ten.
    case logarithmic
    /// Logarithmic, with ticks at powers of two.
    case powersOfTwo
    /// Logarithmic, with ticks in bytes, KiB, MiB and so on.
    case bytes
  }

  /// Creates a plot.
  ///
  /// - Parameters:
  ///   - history: curves to draw.
  ///   - title: title of the plot.
  ///   - xLabel: label of the x axis.
  ///   - yLabel: label of the y axis.
  ///   - xAxis: scale of the x axis.
  ///   - yAxis: scale of the y axis.
  ///   - marks: places on the x axis, drawn as dashed lines with their names.
  public init(
    _ history: History, title: String, xLabel: String = "", yLabel: String = "",
    xAxis: Axis = .linear, yAxis: Axis = .linear, marks: KeyValuePairs<String, Double> = [:]
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.marks = marks
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
      set key below width 2 samplen 2 height 1
      set format y '%g'
      set grid linecolor rgb '#d0d4da'
      set linetype 1 linewidth 2 linecolor rgb '#0072b2'
      set linetype 2 linewidth 2 linecolor rgb '#d55e00'
      set linetype 3 linewidth 2 linecolor rgb '#009e73'
      set linetype 4 linewidth 2 linecolor rgb '#cc79a7'

      """
    script += xAxis.script(for: "x") + yAxis.script(for: "y")
    for (name, place) in marks where xAxis == .linear || place > 0 {
      script +=
        "set arrow from \(place), graph 0 to \(place), graph 1 nohead dashtype 2 linecolor "
        + "rgb '#6b7280'\nset label \(name.gnuplotQuoted) at \(place), graph 0.94 front offset 1,0\n"
    }
    let names = history.series.keys.map { "'-' with lines title \($0.gnuplotQuoted)" }
    script += "plot \(names.joined(separator: ", "))\n"
    for points in history.series.values {
      for point in points { script += "\(point.position) \(point.value)\n" }
      script += "e\n"
    }
    return script
  }
}

extension Plot.Axis {
  fileprivate func script(for axis: String) -> String {
    switch self {
    case .linear: ""
    case .logarithmic: "set logscale \(axis)\n"
    case .powersOfTwo: "set logscale \(axis) 2\n"
    case .bytes: "set logscale \(axis) 2\nset \(axis)tics (\(Self.byteTicks))\n"
    }
  }

  /// Ticks at powers of four, with their names.
  private static var byteTicks: String {
    ["B", "KiB", "MiB", "GiB", "TiB"].enumerated().flatMap { power, unit in
      [1, 4, 16, 64, 256].map { "'\($0) \(unit)' \($0 << (10 * power))" }
    }.joined(separator: ", ")
  }
}

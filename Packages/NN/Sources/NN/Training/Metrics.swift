import Foundation

/// The top-k accuracy: the fraction of rows whose target class is among the `k` largest scores,
/// from 0 to 1.
///
/// - Parameters:
///   - logits: of shape [batch, classes].
///   - target: int64, of shape [batch].
///   - k: number of largest scores to consider.
public func topKAccuracy(_ logits: Tensor, _ target: Tensor, k: Int) -> Double {
  noGrad {
    (logits.topk(k, dim: 1).indices .== target.unsqueeze(1)).any(dims: [1]).to(.float64).mean()
      .item()
  }
}

/// The perplexity, e to the mean cross entropy: the effective number of equally likely classes.
public func perplexity(_ loss: Double) -> Double { exp(loss) }

/// The coefficient of determination R², the fraction of the targets' variance that predictions
/// explain: 1 is perfect, 0 is predicting the mean.
public func r2Score(_ prediction: Tensor, _ target: Tensor) -> Double {
  checkShapes(prediction, target, "r2Score")
  return noGrad {
    let t = target.to(.float64)
    let residual = (t - prediction.to(.float64)).square().sum().item()
    return 1 - residual / (t - t.mean()).square().sum().item()
  }
}

/// A mean over batches of different sizes.
///
///     var loss = Mean()
///     loss.update(batchLoss.item(), count: batch.shape[0])
public struct Mean: Sendable {
  /// The sum of the values so far, each times its count.
  public private(set) var sum = 0.0
  /// The number of values so far.
  public private(set) var count = 0

  /// Creates a mean without values.
  public init() {}

  /// Adds a mean over `count` values.
  public mutating func update(_ value: Double, count: Int = 1) {
    sum += value * Double(count)
    self.count += count
  }

  /// The mean of all values so far; NaN before the first update.
  public var value: Double { sum / Double(count) }
}

/// A confusion matrix: rows are target classes, columns predicted classes.
///
///     var matrix = ConfusionMatrix(classes: 10)
///     matrix.update(logits, target)
///     print(matrix, matrix.accuracy, matrix.f1())
public struct ConfusionMatrix: Sendable, CustomStringConvertible {
  /// The counts: a row for each target class, a column for each predicted class.
  public private(set) var counts: [[Int]]
  /// The classes' names, for printing and drawing.
  public var names: [String]

  /// Creates an empty confusion matrix.
  ///
  /// - Parameters:
  ///   - classes: number of classes.
  ///   - names: names of the classes; by default their indices.
  public init(classes: Int, names: [String]? = nil) {
    guard classes > 0, names.map({ $0.count == classes }) ?? true else {
      fatalError("ConfusionMatrix: \(classes) classes and \(names?.count ?? 0) names")
    }
    counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    self.names = names ?? (0..<classes).map(String.init)
  }

  /// Adds the predictions for a batch.
  ///
  /// - Parameters:
  ///   - predictions: scores of shape [batch, classes], or classes, int64, of shape [batch].
  ///   - target: int64, of shape [batch].
  public mutating func update(_ predictions: Tensor, _ target: Tensor) {
    let chosen = predictions.ndim == 2 ? predictions.detach().argmax(dim: 1) : predictions
    guard chosen.shape == target.shape, target.ndim == 1 else {
      fatalError(
        "ConfusionMatrix: predictions \(predictions.shape), target \(target.shape); expected [batch, "
          + "classes] or [batch], and [batch]")
    }
    for (right, own) in zip(target.scalars(as: Int.self), chosen.scalars(as: Int.self)) {
      guard counts.indices.contains(right), counts.indices.contains(own) else {
        fatalError("ConfusionMatrix: class \(max(right, own)) of \(counts.count)")
      }
      counts[right][own] += 1
    }
  }

  private func total(of row: Int) -> Int { counts[row].reduce(0, +) }
  private func total(ofColumn column: Int) -> Int { counts.reduce(0) { $0 + $1[column] } }

  /// The accuracy: the fraction of correct predictions.
  public var accuracy: Double {
    let all = counts.joined().reduce(0, +)
    return Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(all)
  }

  /// The precision of a class, TP / (TP + FP); 0 if it was never predicted.
  public func precision(of index: Int) -> Double {
    ratio(counts[index][index], total(ofColumn: index))
  }

  /// The recall of a class, TP / (TP + FN); 0 if it never occurs.
  public func recall(of index: Int) -> Double { ratio(counts[index][index], total(of: index)) }

  /// The F1 score of a class, the harmonic mean of precision and recall.
  public func f1(of index: Int) -> Double {
    ratio(2 * counts[index][index], total(of: index) + total(ofColumn: index))
  }

  /// The macro-averaged precision, the mean over all classes: `average="macro"` in scikit-learn.
  public func precision() -> Double { mean(precision(of:)) }
  /// The macro-averaged recall.
  public func recall() -> Double { mean(recall(of:)) }
  /// The macro-averaged F1 score.
  public func f1() -> Double { mean(f1(of:)) }

  private func mean(_ value: (Int) -> Double) -> Double {
    counts.indices.reduce(0) { $0 + value($1) } / Double(counts.count)
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }

  public var description: String {
    let width = max(4, (names.map(\.count) + counts.joined().map { "\($0)".count }).max()! + 1)
    func cell(_ text: String) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let head = cell("") + names.map(cell).joined()
    let rows = zip(names, counts).map { name, row in
      cell(name) + row.map { cell($0 == 0 ? "·" : "\($0)") }.joined()
    }
    return ([head] + rows).joined(separator: "\n")
  }

  /// Draws the matrix as SVG or PNG, by the path's extension, with gnuplot.
  ///
  /// - Throws: ``PlotError``.
  public func write(to path: String, title: String = "") throws {
    let ticks = names.enumerated().map { "\($1.gnuplotQuoted) \($0)" }.joined(separator: ", ")
    var script = """
      set title \(title.gnuplotQuoted)
      set xlabel 'predicted'
      set ylabel 'right'
      set xtics (\(ticks)) out nomirror
      set ytics (\(ticks)) out nomirror
      set xrange [-0.5:\(names.count).0-0.5]
      set yrange [\(names.count).0-0.5:-0.5]
      set palette defined (0 '#ffffff', 1 '#0072b2')
      set cbrange [0:*]
      unset key
      set size square

      """
    let largest = Double(counts.joined().max() ?? 0)
    for (y, row) in counts.enumerated() {
      for (x, count) in row.enumerated() where count > 0 {
        let color = Double(count) > largest / 2 ? "#ffffff" : "#1a1a1a"
        script += "set label '\(count)' at \(x),\(y) center front textcolor rgb '\(color)'\n"
      }
    }
    script += "plot '-' using 1:2:3 with image pixels\n"
    for (y, row) in counts.enumerated() {
      for (x, count) in row.enumerated() { script += "\(x) \(y) \(count)\n" }
    }
    script += "e\n"
    try Gnuplot.write(to: path, width: 560, height: 520, script)
  }
}

/// The value of a loss, for training loops. Stops the program if it is not finite, since the rest
/// of the run would be wasted.
public func finiteValue(of loss: Tensor) -> Double {
  let value = loss.item()
  guard value.isFinite else {
    fatalError(
      "finiteValue(of:): the loss is \(value.isNaN ? .nan : value); lower the learning rate, clip gradients with clipGradNorm, or "
        + "find the operation that produced it with detectAnomaly")
  }
  return value
}

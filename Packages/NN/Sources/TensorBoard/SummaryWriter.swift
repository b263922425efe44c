import Foundation
import Graphs
@_spi(Flambeau) import ImageFiles
import NN

/// Writes event files for TensorBoard: `torch.utils.tensorboard.SummaryWriter`.
///
///     let writer = try SummaryWriter("runs/first")
///     try writer.addScalar("loss", loss.item(), step: step)
///
/// Then run `tensorboard --logdir runs`. Each call writes to the file immediately.
public final class SummaryWriter {
  private let file: EventFile

  /// Creates an event file.
  ///
  /// - Parameter logDir: folder of this run, which is created if needed.
  /// - Throws: ``SummaryWriterError``, as do all functions of the writer.
  public init(_ logDir: String) throws {
    file = try EventFile(in: logDir)
  }

  /// The path of the event file.
  public var path: String { file.path }

  /// Adds a number at a step.
  public func addScalar(_ tag: String, _ value: Double, step: Int) throws {
    try add(tag, step) { $0.simpleValue = Float(value) }
  }

  /// Adds all series of a history, with positions rounded to steps.
  public func addHistory(_ history: History) throws {
    for (name, points) in history.series {
      for point in points {
        try addScalar(name, point.value, step: Int(point.position.rounded()))
      }
    }
  }

  /// Adds a histogram of a tensor's finite elements at a step.
  public func addHistogram(_ tag: String, _ values: Tensor, step: Int) throws {
    let numbers = values.detach().scalars(as: Double.self).filter(\.isFinite)
    guard let smallest = numbers.min(), let largest = numbers.max() else { return }
    try add(tag, step) {
      $0.histo.min = smallest
      $0.histo.max = largest
      $0.histo.num = Double(numbers.count)
      $0.histo.sum = numbers.reduce(0, +)
      $0.histo.sumSquares = numbers.reduce(0) { $0 + $1 * $1 }
      let limits = SummaryWriter.limits
      var counts = [Double](repeating: 0, count: limits.count)
      for number in numbers { counts[SummaryWriter.bucket(of: number)] += 1 }
      // From one bucket before the first nonempty one to the last.
      let used = counts.indices.filter { counts[$0] > 0 }
      let range = max(used.first! - 1, 0)...used.last!
      $0.histo.bucketLimit = Array(limits[range])
      $0.histo.bucket = Array(counts[range])
    }
  }

  /// Adds an image at a step.
  ///
  /// - Parameters:
  ///   - tag: name of the image.
  ///   - image: [channels, height, width] with 1, 3 or 4 channels, or [height, width]; numbers from
  ///     0 to 1, or uint8 from 0 to 255.
  ///   - step: step of the run.
  public func addImage(_ tag: String, _ image: Tensor, step: Int) throws {
    let pixels = ImageFile.pixels(of: image, rounding: false, "addImage")
    let (channels, height, width) = (pixels.shape[0], pixels.shape[1], pixels.shape[2])
    guard channels != 2 else { fatalError("addImage: shape \(image.shape) has 2 channels") }
    let png = ImageFile.encodePNG(pixels)
    try add(tag, step) {
      $0.image.height = Int32(height)
      $0.image.width = Int32(width)
      $0.image.colorspace = Int32(channels)
      $0.image.encodedImageString = png
    }
  }

  /// Adds a text in Markdown at a step.
  public func addText(_ tag: String, _ text: String, step: Int) throws {
    try add(tag, step) {
      $0.metadata.pluginData.pluginName = "text"
      $0.tensor.dtype = .dtString
      $0.tensor.tensorShape.dim = [.with { $0.size = 1 }]
      $0.tensor.stringVal = [Data(text.utf8)]
    }
  }

  /// Adds a graph, such as `loss.graph()` or `model.graph(input)`. Its frames become TensorBoard's.
  public func addGraph(_ graph: ComputationGraph) throws {
    var event = Tensorboard_Event()
    event.graphDef = try graph.serializedGraphDef(for: path)
    try file.append(event)
  }

  /// Closes the file; nothing can be added afterwards.
  public func close() throws { try file.close() }

  private func add(
    _ tag: String, _ step: Int, _ fill: (inout Tensorboard_Summary.Value) -> Void
  ) throws {
    var value = Tensorboard_Summary.Value()
    value.tag = tag
    fill(&value)
    var event = Tensorboard_Event()
    event.step = Int64(step)
    event.summary.value = [value]
    try file.append(event)
  }

  /// The upper limits of a histogram's buckets, as in TensorFlow and PyTorch: their absolute values
  /// grow by a factor of 1.1.
  private static let limits: [Double] = {
    let positive = sequence(first: 1e-12) { $0 * 1.1 }.prefix { $0 < 1e20 }
    return positive.reversed().map { -$0 } + [0] + positive + [.greatestFiniteMagnitude]
  }()

  /// The index of the first bucket whose limit is above a number.
  private static func bucket(of number: Double) -> Int {
    var (low, high) = (0, limits.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] > number { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

import Foundation
import Graphs
@_spi(Flambeau) import ImageFiles
import NN

/// Writes what TensorBoard shows: `torch.utils.tensorboard.SummaryWriter`.
///
///     let writer = try SummaryWriter("runs/first")
///     try writer.addScalar("loss", loss.item(), step: step)
///
/// and then `tensorboard --logdir runs`. Each call writes to the file at once.
public final class SummaryWriter {
  private let file: EventFile

  /// Opens a folder for events, and makes it where there is none.
  ///
  /// - Parameter logDir: the folder of this run, which is made if it is not there.
  /// - Throws: ``SummaryWriterError``, as all its functions do.
  public init(_ logDir: String) throws {
    file = try EventFile(in: logDir)
  }

  /// Where the events are written.
  public var path: String { file.path }

  /// A number at a step.
  public func addScalar(_ tag: String, _ value: Double, step: Int) throws {
    try add(tag, step) { $0.simpleValue = Float(value) }
  }

  /// All series of a history, each number at its position, rounded.
  public func addHistory(_ history: History) throws {
    for (name, points) in history.series {
      for point in points {
        try addScalar(name, point.value, step: Int(point.position.rounded()))
      }
    }
  }

  /// How a tensor's elements are distributed at a step.
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
      // From one bucket before the first that holds something to the last.
      let used = counts.indices.filter { counts[$0] > 0 }
      let range = max(used.first! - 1, 0)...used.last!
      $0.histo.bucketLimit = Array(limits[range])
      $0.histo.bucket = Array(counts[range])
    }
  }

  /// An image at a step.
  ///
  /// - Parameters:
  ///   - tag: its name.
  ///   - image: [channels, height, width] of 1, 3 or 4 channels, or [height, width]; numbers from 0 to
  ///     1, or uint8 up to 255.
  ///   - step: of the run.
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

  /// A text at a step, in Markdown.
  public func addText(_ tag: String, _ text: String, step: Int) throws {
    try add(tag, step) {
      $0.metadata.pluginData.pluginName = "text"
      $0.tensor.dtype = .dtString
      $0.tensor.tensorShape.dim = [.with { $0.size = 1 }]
      $0.tensor.stringVal = [Data(text.utf8)]
    }
  }

  /// A computation, such as `loss.graph()` or `model.graph(input)`. Its frames become TensorBoard's.
  public func addGraph(_ graph: ComputationGraph) throws {
    var event = Tensorboard_Event()
    event.graphDef = try graph.serializedGraphDef(for: path)
    try file.append(event)
  }

  /// Ends the file. Nothing can be added afterwards.
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

  /// The upper limits of a histogram's buckets, each a tenth further from 0 than the one before: those
  /// that TensorFlow and PyTorch use.
  private static let limits: [Double] = {
    let positive = sequence(first: 1e-12) { $0 * 1.1 }.prefix { $0 < 1e20 }
    return positive.reversed().map { -$0 } + [0] + positive + [.greatestFiniteMagnitude]
  }()

  /// The first bucket whose limit is above a number.
  private static func bucket(of number: Double) -> Int {
    var (low, high) = (0, limits.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] > number { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

import ArgumentParser
@_spi(Flambeau) import ArrayFiles
import Flambeau

/// Lists the contents of a file of tensors.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Lists the tensors in a file: HDF5, safetensors, PyTorch's .pt, NumPy's .npz or .npy.")

  @Argument(help: "The file.")
  var path: String

  @Option(help: "Its format, if its name does not say it: hdf5, safetensors, pytorch or npz.")
  var format: FileFormat?

  func run() throws {
    // An NPY file holds one array without a name, and may be gzip-compressed.
    if format == nil, FileFormat(path: path) == nil, let array = try NPY.inspect(path) {
      let bytes = array.shape.reduce(array.dtype.itemSize, *)
      print("one tensor of shape \(array.shape) and \(array.dtype), \(bytes) bytes, npy")
      return
    }
    let summary = try inspect(path, format: format)
    print(summary)
    if summary.metadata["model_structure"] != nil {
      print(try modelStructure(path, format: format))
    }
  }
}

extension FileFormat: ExpressibleByArgument {}

import ArgumentParser
import Flambeau

/// Says what a file of saved tensors holds.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Lists the tensors in a file: HDF5, safetensors, PyTorch's .pt or NumPy's .npz.")

  @Argument(help: "The file.")
  var path: String

  @Option(help: "Its format, if its name does not say it: hdf5, safetensors, pytorch or npz.")
  var format: FileFormat?

  func run() throws {
    let summary = try inspect(path, format: format)
    print(summary)
    if summary.metadata["model_structure"] != nil {
      print(try modelStructure(path, format: format))
    }
  }
}

extension FileFormat: ExpressibleByArgument {}

import DataPipes
import Files
import Foundation
import ImageFiles
import Support

/// Images in one folder per class: `torchvision.datasets.ImageFolder`.
///
///     root/cat/1.png
///     root/cat/2.jpeg
///     root/dog/1.png
///
/// An example is an image, uint8 of shape [channels, height, width], and its class index.
public struct ImageFolder: Dataset {
  /// The names of the folders, sorted; a class's index is its position.
  public let classes: [String]
  /// The paths and class indices of the images, ordered by class and sorted within each folder.
  public let files: [(path: String, label: Int)]
  private let mode: ImageFile.Mode
  private let limits: ReadingLimits

  /// Finds all `.png`, `.jpg` and `.jpeg` files in the class folders and their subfolders.
  ///
  /// - Parameters:
  ///   - path: folder with one folder per class.
  ///   - mode: color mode that images are converted to.
  ///   - classes: class names in the order of their indices; by default the names of the folders.
  ///     A folder of another name is an error.
  ///   - limits: limits on the memory of an image.
  /// - Throws: `DataFileError`; also if there are no classes, or one has no images.
  public init(
    _ path: String, mode: ImageFile.Mode = .rgb, classes: [String]? = nil,
    limits: ReadingLimits = .standard
  ) throws {
    let found = try Self.folders(in: path)
    if let classes, let unknown = found.first(where: { !classes.contains($0) }) {
      throw DataFileError.damaged(
        path: "\(path)/\(unknown)", reason: "it is not one of the classes \(classes)")
    }
    self.classes = classes ?? found
    (self.mode, self.limits) = (mode, limits)
    guard !self.classes.isEmpty else {
      throw DataFileError.damaged(path: path, reason: "it has no class folders")
    }
    files = try self.classes.enumerated().flatMap { label, name in
      let folder = "\(path)/\(name)"
      let pictures = try Self.pictures(in: folder)
      guard !pictures.isEmpty else {
        throw DataFileError.damaged(path: folder, reason: "it has no images")
      }
      return pictures.map { (path: $0, label: label) }
    }
  }

  public var count: Int { files.count }

  public subscript(index: Int) -> (Tensor, Int) {
    get throws {
      let (path, label) = files[index]
      return (try ImageFile.read(path, mode: mode, limits: limits), label)
    }
  }

  private static func folders(in path: String) throws -> [String] {
    try names(in: path).filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(
        atPath: "\(path)/\(name)", isDirectory: &isFolder) && isFolder.boolValue
    }
  }

  private static func names(in path: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw DataFileError.unreadable(path: path, reason: error.systemReason)
    }
  }

  private static func pictures(in folder: String) throws -> [String] {
    let folders = try folders(in: folder)
    let own = try names(in: folder).filter { name in
      !folders.contains(name)
        && ["png", "jpg", "jpeg"].contains(URL(fileURLWithPath: name).pathExtension.lowercased())
    }
    return try own.map { "\(folder)/\($0)" }
      + folders.flatMap { try pictures(in: "\(folder)/\($0)") }
  }
}

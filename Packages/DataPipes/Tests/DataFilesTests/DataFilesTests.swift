import DataFiles
import Foundation
import Testing

@Suite final class DataFilesTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ data: Data, to path: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  private func picture(_ gray: Int, channels: Int = 3) -> Data {
    ImageFile.encodePNG(.full([channels, 4, 5], gray, dtype: .uint8))
  }

  @Test func picturesInFolders() throws {
    try write(picture(10), to: "dog/b.png")
    try write(picture(20, channels: 1), to: "dog/more/a.PNG")
    try write(picture(30), to: "cat/z.png")
    try write(Data("no picture".utf8), to: "cat/notes.txt")
    try write(Data(), to: ".hidden/x.png")
    let pictures = try ImageFolder(folder.path)
    #expect(pictures.classes == ["cat", "dog"] && pictures.count == 3)
    #expect(pictures.files.map(\.label) == [0, 1, 1])
    let batches = Array(DataLoader(pictures, batchSize: 2, numWorkers: 2))
    #expect(batches.map { $0.0.shape } == [[2, 3, 4, 5], [1, 3, 4, 5]])
    #expect(batches[0].0[0..<2, 0, 0, 0].scalars(as: Int.self) == [30, 10])
    #expect(batches[1].1.equal(Tensor([1])) && batches[1].0[0, 2, 3, 4].item() == 20)
    let gray = try ImageFolder(
      folder.path, mode: .gray, classes: ["fox", "dog", "cat"].dropFirst() + [])
    #expect(gray.classes == ["dog", "cat"])
    let (image, label) = try gray[2]
    #expect(image.shape == [1, 4, 5] && label == 1)
  }

  @Test func foldersThatAreWrong() throws {
    func message(_ body: () throws -> Void) -> String {
      let error = #expect(throws: DataFileError.self) { try body() }
      return (error?.localizedDescription ?? "").replacing(folder.path, with: "ROOT")
    }
    #expect(
      message { _ = try ImageFolder("/no/folder") }.hasPrefix("cannot read /no/folder: "))
    try write(picture(1), to: "a/1.png")
    try write(Data([1, 2]), to: "b/1.png")
    #expect(
      message { _ = try ImageFolder(folder.path, classes: ["a"]) }
        == "ROOT/b: it is not one of the classes [\"a\"]")
    let pictures = try ImageFolder(folder.path)
    let loader = DataLoader(pictures, batchSize: 1, numWorkers: 1)
    #expect(Array(loader).count == 1)
    #expect(
      loader.error?.localizedDescription.replacing(folder.path, with: "ROOT")
        == "DataLoader: example 1 of batch 1 in worker 0: ROOT/b/1.png: it is neither PNG nor JPEG")
    try FileManager.default.removeItem(at: folder.appending(path: "b/1.png"))
    #expect(
      message { _ = try ImageFolder(folder.path) } == "ROOT/b: it has no images")
    #expect(
      message { _ = try ImageFolder(folder.path + "/a") }
        == "ROOT/a: it has no class folders")
  }

  /// The h5py file of ArrayFiles' tests.
  private let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Files/Tests/ArrayFilesTests/Golden/arrays.h5").path

  @Test func hdf5InBatches() throws {
    let rows = try HDF5Dataset(path, "images", "group/labels")
    #expect(rows.count == 10)
    let (image, label) = try rows[3]
    #expect(image.shape == [2, 3] && image[0, 0].item() == 18 && label.item() == 33)
    let loader = DataLoader(
      rows, batchSize: 4, shuffle: true, numWorkers: 2, generator: Generator(seed: 1))
    var labels: [Int] = []
    for (x, y) in loader {
      #expect((x.select(1, 0).select(1, 0) * 11).equal((y * 6).to(.float32)))
      labels += y.scalars(as: Int.self)
    }
    #expect(labels.sorted() == (0..<10).map { $0 * 11 } && labels != labels.sorted())
    let single = try HDF5Dataset(path, "bool")
    #expect(Array(DataLoader(single, batchSize: 10))[0].sum().item() == 4)
    let three = try HDF5Dataset(path, "images", "bool", "uint16").batch(at: [2])
    #expect(three.2.item() == 12_000)
  }

  @Test func hdf5ThatIsWrong() {
    let uneven = #expect(throws: DataFileError.self) { try HDF5Dataset(path, "images", "packed") }
    #expect(
      uneven?.localizedDescription.hasSuffix(
        "its datasets differ in rows: “images” has 10, “packed” has 100") == true)
  }
}

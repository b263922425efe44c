import ArrayFiles
import Foundation
import Serialization
import Testing

/// Destinations of files, and what exists there before.
@Suite struct PlaceTests {
  private static let state: StateDict = ["x": Tensor([1, 2])]
  static let names = ["x.h5", "x.safetensors", "x.pt", "x.npz"]

  private func permissions(_ path: String) -> mode_t {
    var status = stat()
    stat(path, &status)
    return status.st_mode & 0o7777
  }

  private func message(_ path: String) -> String {
    let error = #expect(throws: SerializationError.self) { try save(Self.state, to: path) }
    return (error?.localizedDescription ?? "").replacing(path, with: "FILE")
  }

  @Test(arguments: names)
  func permissionsStay(name: String) throws {
    let folder = try Folder()
    let path = folder.path(name)
    try save([:], to: path)
    let mask = umask(0)
    umask(mask)
    #expect(permissions(path) == 0o666 & ~mask, "as any new file")
    for mode in [0o600, 0o640, 0o664] as [mode_t] {
      chmod(path, mode)
      try save(Self.state, to: path)
      #expect(permissions(path) == mode)
    }
    #expect(areEqual(try load(path), Self.state))
    // A file without write permissions is not replaced, even by the superuser.
    chmod(path, 0o444)
    let error = #expect(throws: SerializationError.self) { try save([:], to: path) }
    guard case .cannotWrite? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(areEqual(try load(path), Self.state) && folder.names == [name])
  }

  @Test(arguments: names)
  func linksStay(name: String) throws {
    let folder = try Folder()
    let other = try Folder()
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: folder.path("link-\(name)"), withDestinationPath: "second-\(name)")
    try manager.createSymbolicLink(
      atPath: folder.path("second-\(name)"), withDestinationPath: other.path(name))
    // First a new file, then an existing one.
    for number in 1...2 {
      let state: StateDict = ["x": Tensor([number])]
      try save(state, to: folder.path("link-\(name)"))
      #expect(areEqual(try load(other.path(name)), state))
      #expect(other.names == [name] && folder.names.count == 2)
      #expect(
        try manager.destinationOfSymbolicLink(atPath: folder.path("link-\(name)"))
          == "second-\(name)")
    }
    try manager.createSymbolicLink(
      atPath: folder.path("loop-\(name)"), withDestinationPath: "loop-\(name)")
    #expect(
      message(folder.path("loop-\(name)"))
        == "cannot write FILE: \(String(cString: strerror(ELOOP)))")
  }

  @Test(arguments: names)
  func devicesAndPipesStay(name: String) throws {
    let folder = try Folder()
    let path = folder.path(name)
    mkfifo(path, 0o600)
    #expect(message(path) == "cannot write FILE: it is a device, a pipe or a socket, not a file")
    #expect(throws: SerializationError.self) { try load(path) }
    #expect(throws: SerializationError.self) { try inspect(path) }
    #expect(throws: SerializationError.self) {
      try save(Self.state, to: "/dev/null", format: FileFormat(path: name))
    }
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
    #expect(folder.names == [name])
  }

  @Test(arguments: names)
  func whatKilledProcessesLeft(name: String) async throws {
    let folder = try Folder()
    let path = folder.path(name)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let killer = Thread {
        usleep(200_000)
        kill(getpid(), SIGKILL)
      }
      killer.start()
      let large: StateDict = ["large": .zeros([4_000_000])]
      while true { try save(large, to: path) }
    }
    // Not every kill leaves a file, so one is created to be sure.
    let left = folder.names.first { $0.hasPrefix(".flambeau-") }
    let machine = left?.split(separator: "-")[1] ?? "other"
    for owner in ["\(machine)-999999999", "elsewhere-1"] {
      try Data().write(to: folder.url.appending(path: ".flambeau-\(owner)-ABCDEF01.tmp"))
    }
    try save(Self.state, to: path)
    let kept = [".flambeau-elsewhere-1-ABCDEF01.tmp", name]
    #expect(
      folder.names.filter { left != nil || !$0.contains("999999999") }.sorted() == kept.sorted(),
      "what another machine may be writing stays")
  }

  @Test func longNames() throws {
    let folder = try Folder()
    let name = String(repeating: "a", count: 252) + ".h5"
    try save(Self.state, to: folder.path(name))
    #expect(areEqual(try load(folder.path(name)), Self.state) && folder.names == [name])
    try NPY.write(Tensor([1]), to: folder.path(String(repeating: "b", count: 251) + ".npy"))
    #expect(message(folder.path("c" + name)).hasPrefix("cannot write FILE: File name too long"))
  }

  @Test(arguments: names)
  func anEmptyDictionary(name: String) throws {
    let folder = try Folder()
    try save([:], to: folder.path(name))
    #expect(try load(folder.path(name)).isEmpty)
    #expect(try inspect(folder.path(name)).entries.isEmpty)
  }

  @Test func keysThatCannotComeBack() throws {
    let folder = try Folder()
    func message(_ state: StateDict, _ name: String) -> String {
      let error = #expect(throws: SerializationError.self) {
        try save(state, to: folder.path(name))
      }
      return (error?.localizedDescription ?? "").replacing(folder.path(name), with: name)
    }
    let long = String(repeating: "x", count: 70_000)
    for key in ["a\0b", long] {
      #expect(message([key: Tensor(1)], "x.npz").contains("cannot be the name of a file in an"))
    }
    for key in ["", "a/b", "/", "ü", "a\\b", ".npy", "a.npy"] {
      try save([key: Tensor([7])], to: folder.path("x.npz"))
      #expect(try load(folder.path("x.npz")).map(\.key) == [key])
    }
    #expect(
      message(["a": Tensor(1), "a.b": Tensor(2)], "x.h5")
        == "cannot write x.h5: in HDF5, “a” cannot be a tensor and hold “a.b” as well; safetensors "
        + "and .pt can have both")
    try save(["a": Tensor(1), "a.b": Tensor(2)], to: folder.path("x.pt"))
    #expect(try load(folder.path("x.pt")).keys == ["a", "a.b"])
    try save(["a": Tensor(1), "a.b": Tensor(2)], to: folder.path("x.safetensors"))
    #expect(try load(folder.path("x.safetensors")).keys == ["a", "a.b"])
  }
}

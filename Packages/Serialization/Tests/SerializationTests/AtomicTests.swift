import Foundation
import Serialization
import Testing

/// Whatever happens during a save, the old file or the new one is there, complete.
@Suite struct AtomicTests {
  static let names = ["x.h5", "x.safetensors", "x.pt", "x.npz"]

  private static func state(_ number: Int) -> StateDict {
    [
      "a": .full([200, 100], Double(number)), "b": Tensor([number]),
      "c": .full([50], Double(number)),
    ]
  }

  /// A process that saves again and again is killed at 50 moments for each format, 200 in all.
  @Test(arguments: names)
  func killed(name: String) async throws {
    let folder = try Folder()
    let path = folder.path(name)
    try save(Self.state(0), to: path)
    var seen: Set<Int> = []
    var leftovers = 0
    for round in 0..<50 {
      // Every tenth is killed around the first save, the others in a later one.
      let microseconds = UInt32(500 + (round * 7919) % 40_000)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, round = round as Int, microseconds = microseconds as UInt32] in
        let begun = DispatchSemaphore(value: round % 10 == 0 ? 1 : 0)
        let killer = Thread {
          begun.wait()
          usleep(microseconds)
          kill(getpid(), SIGKILL)
        }
        killer.start()
        var number = 100_000 * round
        while true {
          number += 1
          try save(Self.state(number), to: path)
          begun.signal()
        }
      }
      let loaded = try load(path)
      let number = try #require(loaded["b"]?.item(as: Int.self))
      #expect(areEqual(loaded, Self.state(number)))
      seen.insert(number)
      leftovers = folder.names.count - 1
    }
    // The next process removes the files that one has left.
    #expect(seen.count >= 45 && leftovers <= 2, "\(seen.count) \(leftovers)")
  }

  /// A limit on the file size, which acts as a full disk.
  @Test(arguments: names)
  func noRoom(name: String) async throws {
    let folder = try Folder()
    let path = folder.path(name)
    try save(Self.state(1), to: path)
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      #if os(Linux)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      let error = #expect(throws: SerializationError.self) {
        try save(["large": Tensor.randn([100_000])], to: path)
      }
      guard case .cannotWrite(let file, let reason)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(file == path && !reason.isEmpty)
    }
    #expect(areEqual(try load(path), Self.state(1)) && folder.names == [name])
  }

  private static func mount(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/\(arguments[0])")
    process.arguments = Array(arguments.dropFirst())
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// A full file system, if tests are allowed to create one.
  @Test(arguments: names)
  func aFullDisk(name: String) throws {
    let folder = try Folder()
    guard getuid() == 0,
      Self.mount("mount", "-t", "tmpfs", "-o", "size=300k", "none", folder.url.path)
    else { return }
    defer { _ = Self.mount("umount", folder.url.path) }
    let path = folder.path(name)
    try save(Self.state(1), to: path)
    let error = #expect(throws: SerializationError.self) {
      try save(["large": Tensor.randn([100_000])], to: path)
    }
    #expect(error?.localizedDescription.hasPrefix("cannot write \(path): ") == true)
    #expect(areEqual(try load(path), Self.state(1)) && folder.names == [name])
  }

  @Test(arguments: names)
  func aFolderThatIsNotThere(name: String) throws {
    let folder = try Folder()
    let error = #expect(throws: SerializationError.self) {
      try save(Self.state(1), to: folder.path("none/\(name)"))
    }
    #expect(error?.localizedDescription.hasSuffix(": No such file or directory") == true)
    try save(Self.state(1), to: folder.path(name))
    let link = folder.path("folder.\(name)")
    try FileManager.default.createDirectory(atPath: link, withIntermediateDirectories: true)
    #expect(throws: SerializationError.self) { try save(Self.state(2), to: link) }
    #expect(folder.names.sorted() == ["folder.\(name)", name].sorted())
  }

  @Test(arguments: names)
  func threadsAtOnce(name: String) async throws {
    let folder = try Folder()
    let shared = folder.path("shared.\(name)")
    try save(Self.state(7), to: shared)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask {
          let path = folder.path("\(number).\(name)")
          try save(Self.state(number), to: path)
          return try areEqual(load(path), Self.state(number))
            && areEqual(load(shared), Self.state(7))
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  /// Two processes read one file and write their own at the same time.
  @Test(arguments: names)
  func processesAtOnce(name: String) async throws {
    let folder = try Folder()
    let shared = folder.path("shared.\(name)")
    try save(Self.state(7), to: shared)
    await withTaskGroup(of: Void.self) { group in
      for number in 1...2 {
        let own = folder.path("\(number).\(name)")
        group.addTask {
          await #expect(processExitsWith: .success) {
            [shared = shared as String, own = own as String, number = number as Int] in
            for round in 0..<50 {
              try save(Self.state(100 * number + round), to: own)
              try #require(try areEqual(load(own), Self.state(100 * number + round)))
              try #require(try areEqual(load(shared), Self.state(7)))
            }
          }
        }
      }
    }
    for number in 1...2 {
      #expect(areEqual(try load(folder.path("\(number).\(name)")), Self.state(100 * number + 49)))
    }
  }
}

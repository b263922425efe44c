import Foundation

/// Names of files that are not ready. Each says which process writes it, so that those of processes
/// that were killed can be told from those that are being written.
enum TemporaryFile {
  private static let (prefix, suffix) = (".flambeau-", ".tmp")

  /// Tells this machine, and on it this container, from others that see the same folder.
  private static let machine: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let space =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    // FNV-1a.
    let bytes = name.map { UInt8(bitPattern: $0) } + Array(space.utf8)
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }()

  /// A new name. It is short, however long the file's own is.
  static func path(in folder: String) -> String {
    "\(folder)/\(prefix)\(machine)-\(getpid())-\(UUID().uuidString.prefix(8))\(suffix)"
  }

  /// Removes what killed processes of this machine have left, and of others what is a day old.
  static func removeLeftovers(in folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) && name.contains(suffix) {
      let parts = name.dropFirst(prefix.count).split(separator: "-")
      guard parts.count == 3, let process = pid_t(parts[1]) else { continue }
      let path = "\(folder)/\(name)"
      let isLeft = parts[0] == machine ? isGone(process) : isOld(path)
      if isLeft { unlink(path) }
    }
  }

  private static func isGone(_ process: pid_t) -> Bool {
    process > 0 && kill(process, 0) != 0 && errno == ESRCH
  }

  private static func isOld(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    #if os(Linux)
      let changed = status.st_mtim.tv_sec
    #else
      let changed = status.st_mtimespec.tv_sec
    #endif
    return time(nil) - changed > 24 * 60 * 60
  }
}

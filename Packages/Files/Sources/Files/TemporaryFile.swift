import Foundation

/// Names of files that are being written. Each contains the id of the process that writes it, so
/// that files left by killed processes can be recognized.
enum TemporaryFile {
  private static let (prefix, suffix) = (".flambeau-", ".tmp")

  /// Identifies this machine, and this container on it, among others that share the folder.
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

  /// A new path, whose name does not contain that of the final file, which may be long.
  static func path(in folder: String) -> String {
    "\(folder)/\(prefix)\(machine)-\(getpid())-\(UUID().uuidString.prefix(8))\(suffix)"
  }

  /// Removes files left by killed processes of this machine, and those of other machines that are
  /// older than a day.
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

import Foundation

/// The destination of a file to be written, and the attributes of an existing file there.
struct FinalPlace {
  /// The path, with links resolved.
  let path: String
  /// The folder that contains it.
  let folder: String
  /// The permissions of the existing file; nil if there is none.
  let permissions: mode_t?
  private let owner: (uid_t, gid_t)?

  /// - Throws: ``WriteFailure`` if something exists there that must not be replaced.
  init(_ path: String) throws {
    self.path = try Self.followingLinks(path)
    folder = URL(fileURLWithPath: self.path).deletingLastPathComponent().path
    var status = stat()
    guard stat(self.path, &status) == 0 else {
      guard errno == ENOENT else { throw WriteFailure.last }
      (permissions, owner) = (nil, nil)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw WriteFailure(reason: "it is a folder")
    default: throw WriteFailure(reason: "it is a device, a pipe or a socket, not a file")
    }
    // The superuser can write any file, but one without write permissions must not be replaced.
    guard status.st_mode & 0o222 != 0 else {
      throw WriteFailure(reason: "its permissions do not allow writing")
    }
    guard access(self.path, W_OK) == 0 else { throw WriteFailure.last }
    permissions = status.st_mode & 0o7777
    owner = (status.st_uid, status.st_gid)
  }

  private static func followingLinks(_ path: String) throws -> String {
    var current = path
    for _ in 0..<40 {
      var status = stat()
      guard lstat(current, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return current }
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: current) else {
        throw WriteFailure.last
      }
      let folder = (current as NSString).deletingLastPathComponent
      current =
        target.hasPrefix("/") || folder.isEmpty
        ? target : (folder as NSString).appendingPathComponent(target)
    }
    throw WriteFailure(reason: String(cString: strerror(ELOOP)))
  }

  /// Gives a file the owner and permissions of the one that it replaces.
  func givePermissions(to file: String) throws {
    guard let permissions, let owner else { return }
    if owner != (geteuid(), getegid()) {
      // Only the superuser can change the owner; otherwise the file stays the current user's.
      _ = chown(file, owner.0, owner.1)
    }
    guard chmod(file, permissions) == 0 else { throw WriteFailure.last }
  }
}

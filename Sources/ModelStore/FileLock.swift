import BSBBasics
import Foundation

/// A lock that holds between processes, and goes with the process that holds it.
final class FileLock {
    private let descriptor: Int32

    /// Takes the lock of the file `path`, waiting for whoever has it; `waiting` is called once before a wait.
    ///
    /// Throws `Failure(.internal)` if the file cannot be made.
    init(_ path: String, waiting: () -> Void = {}) throws {
        try? FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw Failure(.internal, "locking", path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        waiting()
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

import Foundation

/// Files that are either complete or absent.
///
/// Writing goes to a temporary file of the same directory, which takes the name of the destination only when all its bytes are on disk.
/// A full disk, a crash or a kill therefore leaves the old file, or none, but never half of a new one.
package enum AtomicFile {
    /// Writes `data` to `path`, replacing what is there and creating the directory that it is in.
    ///
    /// - Throws: a `Failure` of kind `.badInput` where there can be no such file, `.missingInput` where its directory is missing and cannot
    ///   be created, `.internal` where writing breaks off, as on a full disk.
    package static func write(_ data: Data, to path: String, operation: String = "writing") throws {
        let writer = try AtomicFileWriter(path: path, operation: operation)
        try writer.append(data)
        try writer.commit()
    }

    /// Writes `text` in UTF-8 to `path`; see ``write(_:to:operation:)``.
    package static func write(_ text: String, to path: String, operation: String = "writing") throws {
        try write(Data(text.utf8), to: path, operation: operation)
    }

    /// The bytes of a regular file.
    ///
    /// - Throws: a `Failure` of kind `.missingInput` where the file is not there or may not be read, and `.badInput` where it is a
    ///   directory or a device.
    package static func readFile(_ path: String, operation: String = "reading") throws -> Data {
        try checkReadable(path, operation: operation)
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.missingInput, operation, path: path, reason: "it cannot be read: \(error.localizedDescription)")
        }
    }

    /// Throws as ``readFile(_:operation:)`` where `path` is not a regular file that may be read.
    package static func checkReadable(_ path: String, operation: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path, operation, code: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw Failure(.badInput, operation, path: path, reason: "it is a directory", hint: "name a file in it")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.badInput, operation, path: path, reason: "it is not a regular file")
        }
        guard access(path, R_OK) == 0 else { throw unreadable(path, operation, code: errno) }
    }

    private static func unreadable(_ path: String, _ operation: String, code: Int32) -> Failure {
        switch code {
        case ENOENT, ENOTDIR: Failure(.missingInput, operation, path: path, reason: "there is no such file")
        case EACCES, EPERM: Failure(.missingInput, operation, path: path, reason: "it may not be read (permission denied)")
        default: Failure(.missingInput, operation, path: path, reason: String(cString: strerror(code)))
        }
    }
}

import Foundation

/// Files that are either complete or absent.
///
/// Writing goes to a temporary file of the same directory, which takes the name of the destination only when all its bytes are on disk.
/// A full disk, a crash or a kill therefore leaves the old file, or none, but never half of a new one.
public enum AtomicFile {
    /// Writes `data` to `path`, replacing what is there and creating the directory that it is in.
    ///
    /// - Throws: a `Failure` of kind `.internal` where the file cannot be written.
    public static func write(_ data: Data, to path: String, operation: String = "writing") throws {
        let writer = try AtomicFileWriter(path: path, operation: operation)
        try writer.append(data)
        try writer.commit()
    }

    /// Writes `text` in UTF-8 to `path`; see ``write(_:to:operation:)``.
    public static func write(_ text: String, to path: String, operation: String = "writing") throws {
        try write(Data(text.utf8), to: path, operation: operation)
    }

    /// The bytes of a regular file.
    ///
    /// - Throws: a `Failure` of kind `.missingInput` where the file is not there or may not be read, and `.badInput` where it is a
    ///   directory or a device.
    public static func readFile(_ path: String, operation: String = "reading") throws -> Data {
        try checkReadable(path, operation: operation)
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.missingInput, operation, path: path, reason: "it cannot be read: \(error.localizedDescription)")
        }
    }

    /// Throws as ``readFile(_:operation:)`` where `path` is not a regular file that may be read.
    static func checkReadable(_ path: String, operation: String) throws {
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

/// A file that is written piece by piece and appears under its name only with ``commit()``.
///
/// A writer that goes away without a commit removes what it wrote. Not for use by several threads at once.
public final class AtomicFileWriter {
    private let path: String
    private let operation: String
    private var temporary: String?
    private var descriptor: Int32 = -1

    /// Starts the file that will be at `path`; the directory that it is in is created.
    ///
    /// A destination that is a device or a pipe is written directly, for it must not be replaced.
    /// - Throws: a `Failure` of kind `.internal`.
    public init(path: String, operation: String = "writing") throws {
        self.path = path
        self.operation = operation
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw Failure(.internal, operation, path: path, reason: "a directory has this name", hint: "choose another name")
        }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            try openTemporary()
        }
        if descriptor < 0 { throw failure(errno) }
    }

    deinit {
        discard()
    }

    /// Appends bytes.
    ///
    /// - Throws: a `Failure` of kind `.internal`, after which nothing is left on disk.
    public func append(_ bytes: some ContiguousBytes) throws {
        try bytes.withUnsafeBytes { try append(raw: $0) }
    }

    /// Puts the file on disk under its name; the writer is then done.
    ///
    /// - Throws: a `Failure` of kind `.internal`, after which nothing is left on disk.
    public func commit() throws {
        guard descriptor >= 0 else { throw Failure(.internal, operation, path: path, reason: "the file was already closed") }
        // Devices cannot be synchronised and say so with EINVAL.
        if fsync(descriptor) != 0, temporary != nil { throw abandoned() }
        let closed = close(descriptor)
        descriptor = -1
        if closed != 0 { throw abandoned() }
        if let temporary, rename(temporary, path) != 0 { throw abandoned() }
        temporary = nil
    }

    private func append(raw bytes: UnsafeRawBufferPointer) throws {
        guard descriptor >= 0 else { throw Failure(.internal, operation, path: path, reason: "the file was already closed") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw abandoned()
            }
        }
    }

    private func openTemporary() throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Failure(.internal, operation, path: path, reason: "its directory cannot be created")
        }
        // The name holds no part of the destination's, which may already be as long as a name can be.
        for attempt in 0..<10_000 {
            let candidate = "\(directory)/.partial-\(getpid())-\(attempt)"
            descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                temporary = candidate
                return
            }
            guard errno == EEXIST else { return }
        }
    }

    /// The failure of the last system call, with everything written so far removed.
    private func abandoned() -> Failure {
        let code = errno
        discard()
        return failure(code)
    }

    private func discard() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if let temporary { unlink(temporary) }
        temporary = nil
    }

    private func failure(_ code: Int32) -> Failure {
        let hint = code == ENOSPC ? "free some space" : nil
        return Failure(.internal, operation, path: path, reason: "it cannot be written: \(String(cString: strerror(code)))", hint: hint)
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

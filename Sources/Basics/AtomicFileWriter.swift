import Foundation

/// A file that is written piece by piece and appears under its name only with ``commit()``.
///
/// A writer that goes away without a commit removes what it wrote. Not for use by several threads at once.
package final class AtomicFileWriter {
    private let path: String
    private let operation: String
    private var temporary: String?
    private var descriptor: Int32 = -1

    /// Starts the file that will be at `path`; the directory that it is in is created.
    ///
    /// A destination that is a device or a pipe is written directly, for it must not be replaced.
    /// - Throws: a `Failure` of kind `.badInput` where there can be no such file, `.missingInput` where its directory is missing and cannot
    ///   be created, `.internal` where the disk is full or fails.
    package init(path: String, operation: String = "writing") throws {
        self.path = path
        self.operation = operation
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw Failure(.badInput, operation, path: path, reason: "a directory has this name", hint: "choose another name")
        }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            openTemporary()
        }
        if descriptor < 0 { throw failure(errno) }
    }

    deinit {
        discard()
    }

    /// Appends bytes.
    ///
    /// - Throws: a `Failure` of kind `.internal`, after which nothing is left on disk.
    package func append(_ bytes: some ContiguousBytes) throws {
        try bytes.withUnsafeBytes { try append(raw: $0) }
    }

    /// Puts the file on disk under its name; the writer is then done.
    ///
    /// - Throws: a `Failure` of kind `.internal`, after which nothing is left on disk.
    package func commit() throws {
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

    private func openTemporary() {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard makeDirectory(directory) else { return }
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

    private func failure(_ code: Int32) -> Failure { .unwritable(path, operation, code: code) }
}

extension AtomicFile {
    /// Checks that files can be written into the folder `path`, which need not exist yet, so that nobody waits long to hear that they cannot.
    ///
    /// - Throws: a `Failure` of kind `.badInput` where it is no folder, or where it may not be written to or created, `.missingInput` where
    ///   a link on the way leads nowhere.
    package static func checkFolder(_ path: String, operation: String = "writing the results") throws {
        var place = URL(fileURLWithPath: path).path
        var status = stat()
        while stat(place, &status) != 0 {
            let code = errno
            let isLink = lstat(place, &status) == 0
            guard !isLink, code == ENOENT || code == ENOTDIR, place != "/" else { throw Failure.unwritable(path, operation, code: code) }
            place = URL(fileURLWithPath: place).deletingLastPathComponent().path
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw Failure.unwritable(path, operation, code: ENOTDIR) }
        guard access(place, W_OK | X_OK) == 0 else { throw Failure.unwritable(path, operation, code: errno) }
    }
}

extension Failure {
    /// What a system call's error says about a file that was to be written.
    fileprivate static func unwritable(_ path: String, _ operation: String, code: Int32) -> Failure {
        let reason = "it cannot be written: \(String(cString: strerror(code)))"
        return switch code {
        case ENOENT:
            Failure(.missingInput, operation, path: path, reason: "the folder that it is to be in is missing and cannot be created")
        case ENOTDIR:
            Failure(.badInput, operation, path: path, reason: "a part of the path is a file, not a folder", hint: "choose another place")
        case EACCES, EPERM, EROFS, EISDIR, EEXIST, ENAMETOOLONG, ELOOP, EINVAL:
            Failure(.badInput, operation, path: path, reason: reason, hint: "choose another place")
        case ENOSPC, EDQUOT: Failure(.internal, operation, path: path, reason: reason, hint: "free some space")
        default: Failure(.internal, operation, path: path, reason: reason)
        }
    }
}

/// Makes a directory and those above it that are missing; false if one cannot be made, with `errno` saying why.
private func makeDirectory(_ path: String) -> Bool {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return true }
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard errno == ENOENT, parent != path, makeDirectory(parent) else { return false }
    return mkdir(path, 0o777) == 0 || errno == EEXIST
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

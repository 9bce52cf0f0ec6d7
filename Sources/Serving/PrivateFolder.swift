import BSBBasics
import Foundation

/// A folder of the process's own, which nobody else may read and which goes with it.
package final class PrivateFolder: Sendable {
    /// Where it is.
    package let path: String
    private let isRemoved = Guarded(false)

    /// Makes a folder in the system's temporary folder, and removes those of processes that were killed.
    ///
    /// Throws `Failure(.internal)` where none can be made.
    package init() throws {
        let base = FileManager.default.temporaryDirectory.path
        Self.sweep(base)
        var template = Array("\(base)/bsb-serving-\(getpid())-XXXXXX".utf8CString)
        // mkdtemp gives it to this user alone.
        guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else {
            throw Failure(.internal, "making a folder for uploads", path: base, reason: String(cString: strerror(errno)))
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    /// A path in the folder that nothing has yet, in a folder of its own.
    ///
    /// Throws `Failure(.internal)` where that cannot be made, and once the folder is removed.
    package func place(for id: Identifier, name: String) throws -> String {
        let folder = "\(path)/\(id)"
        // Under the lock, so that an upload that comes last does not make the folder again.
        try isRemoved.withLock { isRemoved in
            guard !isRemoved else { throw Failure(.internal, "keeping an upload", path: name, reason: "the program is ending") }
            do {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)".deletingLastStep, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw Failure(.internal, "keeping an upload", path: name, reason: error.localizedDescription)
            }
        }
        return "\(folder)/\(name)"
    }

    /// Removes what is kept under an id.
    package func discard(_ id: Identifier) {
        try? FileManager.default.removeItem(atPath: "\(path)/\(id)")
    }

    /// The bytes of all files in it.
    package var bytes: Int {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return names.reduce(0) { total, name in
            var status = stat()
            return stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? total + Int(status.st_size) : total
        }
    }

    /// Removes the folder with all that is in it.
    package func remove() {
        isRemoved.withLock { isRemoved in
            guard !isRemoved else { return }
            isRemoved = true
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// The name of an upload as steps below a folder, or nil if it leads elsewhere.
    ///
    /// Browsers and zip programs of other systems write backslashes.
    package static func steps(_ name: String) -> String? {
        let steps = name.replacingOccurrences(of: "\\", with: "/").split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = steps.allSatisfy { step in
            !step.isEmpty && step != "." && step != ".." && step.utf8.count <= 200
                && !step.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        }
        return isPlain && steps.count <= 8 ? steps.joined(separator: "/") : nil
    }

    private static func sweep(_ base: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] {
            guard let match = name.wholeMatch(of: /bsb-serving-([0-9]+)-[A-Za-z0-9]{6}/), let process = pid_t(match.output.1),
                process != getpid()
            else { continue }
            if kill(process, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(base)/\(name)") }
        }
    }
}

extension String {
    /// The path without its last step.
    fileprivate var deletingLastStep: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }
}

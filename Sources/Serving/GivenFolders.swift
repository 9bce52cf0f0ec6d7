import BSBBasics
import Foundation

/// The folders from which files may be opened by path, and nothing outside them.
package struct GivenFolders: Sendable {
    /// Their real paths.
    package let paths: [String]

    /// None.
    package init() { paths = [] }

    /// Folders that are given by the user.
    ///
    /// Throws `Failure(.missingInput)` for one that is not there, `.badInput` for one that is none.
    package init(_ folders: [String]) throws {
        paths = try folders.map { folder in
            var isFolder: ObjCBool = false
            guard let path = Self.real(folder), FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure(.missingInput, Self.operation, path: folder, reason: "there is no such folder")
            }
            guard isFolder.boolValue else { throw Failure(.badInput, Self.operation, path: folder, reason: "it is no folder") }
            return path
        }
    }

    /// The real path of a file or folder that lies in one of the folders, whatever links lead to it.
    ///
    /// Throws `Refusal(.forbidden)` for one outside, whether or not it is there, and `Failure(.missingInput)` for a missing one inside.
    package func path(of name: String) throws -> String {
        let outside = Refusal(
            .forbidden, "opening a file", path: name, reason: "it is in none of the folders that were given",
            hint: "start the program with --root FOLDER, or upload the file")
        guard !name.contains("\0"), name.hasPrefix("/") else { throw outside }
        guard let path = Self.real(name) else {
            // Of what is outside not even that it is missing is told.
            let plain = URL(fileURLWithPath: name).standardizedFileURL.path
            guard holds(plain) else { throw outside }
            throw Failure(.missingInput, "opening a file", path: name, reason: "there is no such file")
        }
        guard holds(path) else { throw outside }
        return path
    }

    /// Whether a real path is that of a given folder or below one.
    package func holds(_ path: String) -> Bool {
        paths.contains { $0 == path || $0 == "/" || path.hasPrefix($0 + "/") }
    }

    private static let operation = "opening the folder"

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

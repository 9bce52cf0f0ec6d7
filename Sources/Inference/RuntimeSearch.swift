import Foundation

/// Where the ONNX Runtime library is looked for.
///
/// The environment variable `BSB_ONNXRUNTIME` decides alone where it is set. Otherwise the first library that opens is taken: in `.runtime/`
/// (which `scripts/bootstrap` fills) next to the executable or in a folder above it, in the user's cache (which
/// `scripts/bootstrap --user` fills), or where the system keeps its libraries. Never in the current directory: opening a library runs its
/// code, and that folder may be anybody's download.
package struct RuntimeSearch: Sendable {
    /// The environment variable that names a library.
    package static let variable = "BSB_ONNXRUNTIME"

    /// The value of the environment variable, if it is set.
    package var override: String?
    /// Folders whose `.runtime/`, and that of every folder above them, is looked into.
    package var startingFolders: [String]
    /// Folders that hold the library itself.
    package var folders: [String]
    /// Names that the system's loader is asked for.
    package var systemNames: [String]

    /// The search of this process.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        override = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        startingFolders = [Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path].compactMap { $0 }
        folders = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).map { $0.appendingPathComponent("bsb").path }
        systemNames = Self.fileNames
    }

    #if canImport(Darwin)
        static let fileNames = ["libonnxruntime.dylib"]
    #else
        static let fileNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    #endif

    /// What to open, in order: files that are there, then the names for the system's loader.
    func candidates() -> [String] {
        if let override { return [override] }
        let places = startingFolders.flatMap(Self.runtimeFolders) + folders
        var files: [String] = []
        for path in places.flatMap({ place in Self.fileNames.map { "\(place)/\($0)" } })
        where !files.contains(path) && FileManager.default.fileExists(atPath: path) {
            files.append(path)
        }
        return files + systemNames
    }

    /// The places searched, in words.
    var description: String {
        if let override { return "\(Self.variable) names '\(override)'" }
        var starts: [String] = []
        for folder in startingFolders where !starts.contains(folder) { starts.append(folder) }
        let places = starts.map { "in .runtime of '\($0)' and of the folders above it" } + folders.map { "in '\($0)'" }
        return (places + ["where the system keeps its libraries"]).joined(separator: ", ")
    }

    /// `.runtime` of a folder and of every folder above it.
    private static func runtimeFolders(from folder: String) -> [String] {
        var url = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
        var found: [String] = []
        // The bound only guards against a path that never reaches the root.
        for _ in 0..<256 {
            found.append(url.appendingPathComponent(".runtime").path)
            let parent = url.deletingLastPathComponent().standardizedFileURL
            if parent.path == url.path || url.path == "/" { break }
            url = parent
        }
        return found
    }
}

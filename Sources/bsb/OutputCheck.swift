import ArgumentParser
import BSBBasics
import BSBResults
import BSBShapes
import Foundation

/// Throws if no results can be written into `folder`, or if they would replace what the user gave, before time is spent on making them.
///
/// - Parameters:
///   - folder: where results go; nil for nowhere.
///   - inputs: files that are read; nil where one is not given.
///   - meshes: mesh files, which have materials, pictures and buffers beside them that count as inputs too.
///   - subfolders: folders below it into which results go instead.
///   - masks: whether masks are written as well, into a folder of their own below it.
func checkOutput(
    _ folder: String?, inputs: [String?] = [], meshes: [String] = [], subfolders: [String] = [], masks hasMasks: Bool = false
) throws {
    guard let folder else { return }
    guard !folder.isEmpty else { throw Failure(.usage, "writing the results", reason: "--output is empty", hint: "name a folder") }
    try AtomicFile.checkFolder(folder)
    let folders = subfolders.isEmpty ? [folder] : subfolders.map { "\(folder)/\($0)" }
    guard folders.contains(where: { FileManager.default.fileExists(atPath: $0) }) else { return }
    let neighbours = meshes.flatMap { NeighbourFile.list(of: $0).compactMap(\.path) }
    for input in inputs.compactMap({ $0 }) + meshes + neighbours {
        for folder in folders where SameFile.wouldReplace(input, in: folder) { throw Failure.replacing(input, in: folder) }
    }
    if hasMasks, let input = SameFile.anyLying(in: "\(folder)/\(ResultNames.masks)", of: inputs.compactMap { $0 } + meshes + neighbours) {
        throw Failure.replacing(input, in: folder)
    }
}

extension Failure {
    fileprivate static func replacing(_ input: String, in folder: String) -> Failure {
        Failure(
            .badInput, "writing the results", path: folder, reason: "that would replace the input '\(input)'",
            hint: "choose another folder for --output")
    }
}

/// Says once on standard error which materials and pictures of meshes are missing.
func tellMissing(_ meshes: [String]) {
    for mesh in meshes {
        for file in NeighbourFile.list(of: mesh) where file.path == nil && file.kind != .buffer {
            let what = file.kind == .materials ? "the material file" : "the picture"
            Terminal.message("bsb: warning: \(what) '\(file.name)' of '\(mesh)' is not there: its colors are not seen")
        }
    }
}

/// Whether files are the same, however they are named.
private enum SameFile {
    /// Whether writing results into the folder could replace the input: by its name in any case, or by a name that leads to the same file.
    static func wouldReplace(_ input: String, in folder: String) -> Bool {
        let target = real(folder)
        let named = URL(fileURLWithPath: input)
        let places = [real(input), real(named.deletingLastPathComponent().path) + "/" + named.lastPathComponent]
        for url in places.map({ URL(fileURLWithPath: $0) }) {
            if url.deletingLastPathComponent().path == target, ResultNames.contains(url.lastPathComponent) { return true }
        }
        guard let identity = identity(input) else { return false }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
        return names.contains { ResultNames.contains($0) && Self.identity("\(target)/\($0)") == identity }
    }

    /// The first of the inputs that is one of the files of the folder, by any name.
    static func anyLying(in folder: String, of inputs: [String]) -> String? {
        let target = real(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
        let known = Set(names.compactMap { identity("\(target)/\($0)") })
        return known.isEmpty ? nil : inputs.first { identity($0).map(known.contains) ?? false }
    }

    private static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return URL(fileURLWithPath: path).standardizedFileURL.path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What tells one file of the machine from all others, by whatever name.
    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }
}

import Foundation

/// A file that a mesh file refers to by name.
package struct NeighbourFile: Hashable, Sendable, Codable {
    /// What the file is for.
    package enum Kind: String, Sendable, Codable {
        /// An OBJ file's materials.
        case materials
        /// A picture of a material.
        case picture
        /// Numbers of a glTF file.
        case buffer
    }

    /// The name in the mesh file.
    package var name: String
    /// What it is for.
    package var kind: Kind
    /// Where it was found; nil where it is missing.
    package var path: String?
}

/// Finds the files that a mesh file refers to, beside it or below its folder, and notes which are missing.
///
/// Names are those of other people's computers: they may differ in case, have backslashes or lead to a folder that only exists there.
struct Neighbourhood {
    /// What was asked for, in order, each once.
    private(set) var files: [NeighbourFile] = []
    private let folder: String?
    private var known: [String: Data?] = [:]
    private var listings: [String: [String]] = [:]

    /// The neighbours of the file `path`; nothing is found without a path.
    init(of path: String?) {
        folder = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    }

    /// The content of a file; nil if it is not there, may not be read or lies elsewhere.
    ///
    /// Pictures may also be in a folder beside the file's own.
    mutating func contents(named name: String, _ kind: NeighbourFile.Kind) -> Data? {
        if let data = known[name] { return data }
        let path = folder == nil ? nil : place(of: name, kind)
        let data = path.flatMap { try? Mesh.contents(of: $0) }
        files.append(NeighbourFile(name: name, kind: kind, path: data == nil ? nil : path))
        known[name] = data
        return data
    }

    /// What is missing, in sentences.
    var remarks: [String] {
        guard folder != nil else { return [] }
        return files.filter { $0.path == nil }.map { file in
            let what = file.kind == .materials ? "the material file" : "the picture"
            return "\(what) '\(file.name.prefix(120))' is not there: its colors are not seen"
        }
    }

    private mutating func place(of name: String, _ kind: NeighbourFile.Kind) -> String? {
        guard !name.contains("\0") else { return nil }
        let plain = name.trimmingCharacters(in: CharacterSet(charactersIn: "\" \t")).replacingOccurrences(of: "\\", with: "/")
        let decoded = plain.removingPercentEncoding ?? plain
        for candidate in decoded == plain ? [plain] : [decoded, plain] {
            if let steps = Self.steps(candidate, levelsUp: kind == .picture ? 1 : 0), let path = walk(steps) { return path }
        }
        // The folder of another computer: the file itself may be here.
        return kind == .buffer ? nil : decoded.split(separator: "/").last.flatMap { walk([String($0)]) }
    }

    /// The folders and the name on the way, without `.` and inner `..`; nil if they lead too far up or the name is absolute.
    private static func steps(_ name: String, levelsUp: Int) -> [String]? {
        guard !name.isEmpty, !name.hasPrefix("/"), name.firstMatch(of: /^([A-Za-z]:\/|[A-Za-z]+:\/\/)/) == nil else { return nil }
        var steps: [String] = []
        for step in name.split(separator: "/").map(String.init) where step != "." {
            if step == "..", let last = steps.last, last != ".." { steps.removeLast() } else { steps.append(step) }
        }
        return steps.count { $0 == ".." } <= levelsUp && steps.last != ".." && !steps.isEmpty ? steps : nil
    }

    /// The path of the steps from the folder, with each name in the case that it has on disk.
    private mutating func walk(_ steps: [String]) -> String? {
        var path = folder ?? "."
        for step in steps {
            let next = "\(path)/\(step)"
            if step == ".." || FileManager.default.fileExists(atPath: next) {
                path = next
                continue
            }
            let names = listings[path] ?? ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
            listings[path] = names
            guard let name = names.first(where: { $0.caseInsensitiveCompare(step) == .orderedSame }) else { return nil }
            path = "\(path)/\(name)"
        }
        return path
    }
}

import Foundation

/// The pictures of materials as files beside a mesh file, each once, named after both.
struct PictureFiles {
    /// The files so far.
    private(set) var files: [(name: String, data: Data)] = []
    private let name: String
    private var known: [Data: String] = [:]

    /// Pictures beside the mesh file `name`.
    init(name: String) { self.name = name }

    /// The file of a picture that belongs to a material called `title`.
    mutating func file(_ picture: Data, of title: String) -> String {
        if let name = known[picture] { return name }
        let stem = "\(name)-\(title.asFileName)"
        let isTaken = files.contains { $0.name.lowercased() == "\(stem).\(picture.pictureKind.ending)".lowercased() }
        let unique = "\(stem)\(isTaken ? "-\(files.count + 1)" : "").\(picture.pictureKind.ending)"
        known[picture] = unique
        files.append((unique, picture))
        return unique
    }
}

extension String {
    /// The name as a part of a file's.
    fileprivate var asFileName: String {
        String(asToken.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }.prefix(80))
    }
}

import BSBBasics
import Foundation

/// The pictures that are the frames of a film: names, folders and patterns, in the natural order of their paths.
package struct FrameList: Sendable, Hashable {
    /// The files, 2 before 10.
    package let paths: [String]

    /// The frames that `names` mean: each is a file, a folder with pictures, or a pattern with `*`, `?` and `[...]`.
    ///
    /// Of a folder and of what a pattern matches, files count whose names end as those of pictures do; a pattern with an ending decides for itself.
    /// Throws `Failure(.missingInput)` for a name that means no file.
    package init(_ names: [String]) throws {
        var found = Set<String>()
        for name in names {
            let files = try Self.files(name)
            guard !files.isEmpty else {
                throw Failure(
                    .missingInput, "listing the frames", path: name,
                    reason: Folder.isFolder(name) ? "the folder holds no picture" : "no file has such a name",
                    hint: "name a folder, or a pattern in quotes such as 'frames/*.png'")
            }
            found.formUnion(files)
        }
        paths = found.sorted(by: Self.isBefore)
    }

    private static let endings: Set<String> = [
        "png", "jpg", "jpeg", "webp", "heic", "heif", "avif", "tif", "tiff", "bmp", "gif",
    ]

    private static func files(_ name: String) throws -> [String] {
        if Folder.isFolder(name) {
            return try Folder.names(name).filter { endings.contains(Folder.ending($0)) }.map { Folder.place($0, in: name) }
                .filter { !Folder.isFolder($0) }
        }
        if Folder.exists(name) { return [name] }
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob(name, GLOB_NOSORT, nil, &matches) == 0 else { return [] }
        return (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }.filter { !Folder.isFolder($0) }
    }

    /// Whether a path goes before another: numbers in them count by their values, all else by its bytes.
    package static func isBefore(_ a: String, _ b: String) -> Bool {
        var (x, y) = (Array(a.utf8)[...], Array(b.utf8)[...])
        while let p = x.first, let q = y.first {
            if isDigit(p), isDigit(q) {
                let (first, second) = (number(&x), number(&y))
                if first.count != second.count { return first.count < second.count }
                if first != second { return first.lexicographicallyPrecedes(second) }
            } else {
                if p != q { return p < q }
                (x, y) = (x.dropFirst(), y.dropFirst())
            }
        }
        return x.isEmpty && y.isEmpty ? a < b : x.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// Takes the digits at the start, without leading zeros.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes.dropFirst(digits.count)
        return digits.drop { $0 == 48 }
    }
}

import BSBBasics
import BSBImages
import BSBWorkbench

/// Real photos of known kinds, each with a mask of its object beside it (`PHOTO.mask.png`).
package struct KindPhotos: Sendable {
    /// A photo.
    package struct Photo: Sendable, Hashable, Codable {
        /// Its file.
        package var path: String
        /// The picture that is white where its object is.
        package var mask: String
    }

    /// What is called how.
    package let table: KindTable
    /// The kinds that have photos, by name, with these.
    package let kinds: [(name: String, photos: [Photo])]

    /// The photos in the folders of `folder` that the table names, of the kinds that `isWanted` says.
    ///
    /// Throws `Failure` if no kind has one.
    package init(in folder: String, _ table: KindTable, where isWanted: (String) -> Bool = { _ in true }) throws {
        self.table = table
        kinds = try table.kinds.keys.sorted().filter(isWanted).compactMap { kind in
            let found = try table.kinds[kind]!.photos.sorted().flatMap { try Self.photos(in: "\(folder)/\($0)") }
            return found.isEmpty ? nil : (kind, found)
        }
        guard !kinds.isEmpty else {
            throw Failure(
                .missingInput, "choosing photos", path: folder, reason: "no kind that there are meshes of has photos with masks in it")
        }
    }

    private static func photos(in folder: String) throws -> [Photo] {
        guard Folder.isFolder(folder) else { return [] }
        return try Folder.names(folder).compactMap { name in
            let mask = "\(folder)/\(Folder.stem(name)).mask.png"
            return !name.hasSuffix(".mask.png") && Folder.exists(mask) ? Photo(path: "\(folder)/\(name)", mask: mask) : nil
        }
    }

    /// A photo of one of `kinds`, each kind as likely as any other.
    static func drawn(from kinds: [(name: String, photos: [Photo])], _ generator: inout SeededGenerator) -> (kind: String, photo: Photo) {
        let (kind, photos) = kinds[generator.index(below: kinds.count)]
        return (kind, photos[generator.index(below: photos.count)])
    }
}

extension KindPhotos.Photo {
    /// A click anywhere on the object; nil where the mask is empty.
    ///
    /// Throws `Failure` if the mask cannot be read.
    func click(_ generator: inout SeededGenerator) throws -> Click? {
        let inside = try Mask(contentsOf: mask).pixels
        return inside.isEmpty ? nil : Click(inside[generator.index(below: inside.count)])
    }
}

extension Mask {
    /// The pixels in it, row by row.
    var pixels: [Pixel] { (0..<width * height).filter { self[$0 % width, $0 / width] }.map { Pixel(x: $0 % width, y: $0 / width) } }
}

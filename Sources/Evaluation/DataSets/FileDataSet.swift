import BSBBasics
import BSBShapes

/// A data set whose shapes are a mesh file each, with files of labels.
struct FileDataSet: LabelledDataSet {
    /// The files of a shape.
    typealias Paths = (mesh: String, labels: [String])
    /// What is made of a shape's mesh and its files of labels; it may throw `Failure`.
    typealias Reader = @Sendable (_ entry: ShapeEntry, _ mesh: Mesh, _ labels: [String]) throws -> (labels: ShapeLabels, pose: ShapePose)

    let entries: [ShapeEntry]
    private let files: [ShapeEntry: Paths]
    private let read: Reader

    /// Files that were found; `layout` says where they were sought.
    ///
    /// Throws `Failure` if there are none.
    init(_ files: [ShapeEntry: Paths], in folder: String, layout: String, _ read: @escaping Reader) throws {
        entries = try Folder.entries(Array(files.keys), in: folder, layout: layout)
        (self.files, self.read) = (files, read)
    }

    /// The meshes of a folder of categories, each of which has all its labels.
    ///
    /// - Parameters:
    ///   - folder: the folder of categories.
    ///   - meshes: the folder of meshes within a category; nil for the category itself.
    ///   - endings: those of meshes.
    ///   - labels: the files of labels within a category, where `*` stands for the mesh's name.
    ///   - read: what is made of a shape's files.
    /// - Throws: `Failure` if there is none.
    init(
        in folder: String, meshes: String? = nil, endings: Set<String> = Folder.meshEndings, labels: [String], _ read: @escaping Reader
    ) throws {
        var found: [ShapeEntry: Paths] = [:]
        for category in try Folder.folders(folder) {
            let place = "\(folder)/\(category)" + (meshes.map { "/\($0)" } ?? "")
            for name in Folder.isFolder(place) ? try Folder.names(place) : [] where endings.contains(Folder.ending(name)) {
                let id = Folder.stem(name)
                let paths = labels.map { "\(folder)/\(category)/\($0.replacing("*", with: id))" }
                if paths.allSatisfy(Folder.exists) { found[ShapeEntry(category: category, id: id)] = ("\(place)/\(name)", paths) }
            }
        }
        let wanted = ["\(meshes.map { "\($0)/" } ?? "")*.\(endings.count > 1 ? "obj" : endings.first ?? "")"] + labels
        let layout = wanted.map { "category/\($0.replacing("*", with: "id"))" }.joined(separator: " with ")
        try self.init(found, in: folder, layout: layout, read)
    }

    func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        guard let (path, labels) = files[entry] else {
            throw Failure(.missingInput, "reading the mesh", path: entry.name, reason: "the data set has no such shape")
        }
        let mesh = try Mesh(contentsOf: path)
        let hash = try ContentHash(ofFile: path, operation: "reading the mesh").hex
        let known = try read(entry, mesh, labels)
        return LabelledShape(entry: entry, path: path, hash: hash, mesh: mesh, labels: known.labels, pose: known.pose)
    }
}

extension ShapeLabels {
    /// These labels, of which some face has one.
    ///
    /// Throws `Failure` for labels of no face.
    func used(_ operation: String = "reading the labels", path: String, reason: String = "no face has a part") throws -> ShapeLabels {
        guard perFace.contains(where: { $0 >= 0 }) else { throw Failure(.badInput, operation, path: path, reason: reason) }
        return self
    }
}

import BSBBasics
import BSBShapes

/// A data set whose shapes are a mesh file each, with files of labels.
protocol FileDataSet: LabelledDataSet {
    var files: ShapeFiles { get }
}

extension FileDataSet {
    /// All shapes, in order.
    package var entries: [ShapeEntry] { files.entries }
}

/// The files of the shapes of a data set: of each a mesh, and files of labels.
struct ShapeFiles: Sendable {
    /// The files of a shape.
    typealias Paths = (mesh: String, labels: [String])

    /// All shapes, in order.
    let entries: [ShapeEntry]
    private let files: [ShapeEntry: Paths]

    /// Files that were found; `layout` says where they were sought.
    ///
    /// Throws `Failure` if there are none.
    init(_ files: [ShapeEntry: Paths], in folder: String, layout: String) throws {
        entries = try Folder.entries(Array(files.keys), in: folder, layout: layout)
        self.files = files
    }

    /// The meshes of a folder of categories, each of which has all its labels.
    ///
    /// - Parameters:
    ///   - folder: the folder of categories.
    ///   - meshes: the folder of meshes within a category; nil for the category itself.
    ///   - endings: those of meshes.
    ///   - labels: the files of labels within a category, where `*` stands for the mesh's name.
    /// - Throws: `Failure` if there is none.
    init(in folder: String, meshes: String? = nil, endings: Set<String> = Folder.meshEndings, labels: [String]) throws {
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
        try self.init(found, in: folder, layout: layout)
    }

    /// A shape, with what `read` makes of its mesh and its files of labels.
    ///
    /// Throws `Failure` if there is no such shape or a file of it is missing or damaged.
    func shape(
        _ entry: ShapeEntry, pose: ShapePose = ShapePose(), labels read: (Mesh, [String]) throws -> ShapeLabels
    ) throws -> LabelledShape {
        guard let (path, labels) = files[entry] else {
            throw Failure(.missingInput, "reading the mesh", path: entry.name, reason: "the data set has no such shape")
        }
        let mesh = try Mesh(contentsOf: path)
        return LabelledShape(
            entry: entry, path: path, hash: try ContentHash(ofFile: path, operation: "reading the mesh").hex, mesh: mesh,
            labels: try read(mesh, labels), pose: pose)
    }
}

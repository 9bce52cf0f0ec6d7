import BSBBasics
import BSBShapes

/// The name of a shape of a data set.
package struct ShapeEntry: Hashable, Sendable, Codable, Comparable {
    /// What kind of thing it is; shapes of one category have the same part names.
    package var category: String
    /// Its name within the category.
    package var id: String

    /// `category/id`.
    package var name: String { "\(category)/\(id)" }

    /// By category, then by number or name.
    package static func < (a: ShapeEntry, b: ShapeEntry) -> Bool {
        (a.category, Int(a.id) ?? .max, a.id) < (b.category, Int(b.id) ?? .max, b.id)
    }
}

/// How a shape usually stands and is looked at.
package struct ShapePose: Hashable, Sendable, Codable {
    /// The direction that is up.
    package var up: SIMD3<Float> = [0, 1, 0]
    /// The direction in which a usual viewer looks; nil where any side may be the front.
    package var view: SIMD3<Float>?
}

/// A mesh whose faces have named parts.
package struct LabelledShape: Sendable {
    /// The shape's name.
    package var entry: ShapeEntry
    /// The mesh file, or the folder of files, as the user named it.
    package var path: String
    /// SHA-256 of the mesh's files.
    package var hash: String
    /// The mesh, in the file's units.
    package var mesh: Mesh
    /// A part name for each of the file's faces.
    package var labels: ShapeLabels
    /// How it usually stands.
    package var pose = ShapePose()
}

/// A folder of labelled meshes.
package protocol LabelledDataSet: Sendable {
    /// All shapes, in order.
    var entries: [ShapeEntry] { get }
    /// Reads a shape. Throws `Failure` if a file of it is missing or damaged.
    func shape(_ entry: ShapeEntry) throws -> LabelledShape
}

/// The layouts of data sets that can be read.
package enum DataSetFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// The Labeled Princeton Benchmark: `category/id.off` and `category/id_labels.txt`.
    case princeton
    /// PartNet and PartNet-Mobility: `id/objs/*.obj` or `id/textured_objs/*.obj`, `id/result.json` and `id/meta.json`.
    case partnet
    /// PartNet-Mobility by the links that move: the same with `id/semantics.txt` and `id/mobility_v2.json`.
    case partnetMobility = "partnet-mobility"
    /// COSEG: `category/shapes/id.off` and `category/gt/id.seg`.
    case coseg
    /// ShapeNetPart: `category/meshes/id.obj`, `category/points/id.pts` and `category/points_label/id.seg`.
    case shapenetpart
    /// PartObjaverse-Tiny: `PartObjaverse-Tiny_mesh/uid.glb`, `PartObjaverse-Tiny_semantic_gt/uid.npy`, `PartObjaverse-Tiny_semantic.json`.
    case partobjaverse
    /// 3DCoMPaT++, unpacked: `models/id.gltf` and `metadata`.
    case compat = "3dcompat"
    /// One's own: `category/id.obj` (or another mesh format) and `category/id.labels.json`.
    case simple
}

extension DataSetFormat {
    /// Opens a folder of this layout.
    ///
    /// - Parameter folder: the data set's folder.
    /// - Parameter level: how deep in the hierarchy of parts labels are taken, where there is one, 1 for the coarsest; 0 for the leaves.
    /// - Throws: `Failure` if the folder holds no shape of the layout.
    package func open(_ folder: String, level: Int = 1) throws -> any LabelledDataSet {
        switch self {
        case .princeton: try FileDataSet.princeton(folder)
        case .partnet: try PartNetDataSet(folder, naming: .level(level))
        case .partnetMobility: try PartNetDataSet(folder, naming: .links)
        case .coseg: try FileDataSet.coseg(folder)
        case .shapenetpart: try FileDataSet.shapeNetPart(folder)
        case .partobjaverse: try FileDataSet.partObjaverse(folder)
        case .compat: try FileDataSet.compat(folder, level: level)
        case .simple: try FileDataSet.simple(folder)
        }
    }
}

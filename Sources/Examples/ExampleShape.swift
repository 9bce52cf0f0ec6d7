import BSBBasics
import BSBShapes

/// The kinds of everyday object that ``ExampleShape`` can make up.
package enum ExampleKind: String, CaseIterable, Hashable, Sendable {
    case guitar, chair, mug, lamp, airplane, animal, table, vase, hammer, pliers

    /// The name of the category.
    ///
    /// It is that of the Princeton segmentation benchmark (Chen, Golovinskiy and Funkhouser 2009) where the benchmark has the category.
    package var category: String {
        switch self {
        case .guitar: "Guitar"
        case .chair: "Chair"
        case .mug: "Cup"
        case .lamp: "Lamp"
        case .airplane: "Airplane"
        case .animal: "FourLeg"
        case .table: "Table"
        case .vase: "Vase"
        case .hammer: "Hammer"
        case .pliers: "Plier"
        }
    }

    /// The names of all parts that shapes of this kind may have, those of the benchmark where it has the category.
    ///
    /// A part keeps its index over all seeds; a shape may lack some (`arm` of a chair).
    package var partNames: [String] {
        switch self {
        case .guitar: ["body", "neck", "head", "pegs", "bridge", "soundhole", "strings"]
        case .chair: ["support", "leg", "arm", "backsupport"]
        case .mug: ["body", "handle"]
        case .lamp: ["base", "stand", "shade", "bulb"]
        case .airplane: ["body", "wing", "stabilizer", "rudder", "engine"]
        case .animal: ["torso", "head", "leg", "earhorn", "neck", "tail"]
        case .table: ["support", "leg"]
        case .vase: ["body", "handle", "spout", "top", "base"]
        case .hammer: ["head", "handle"]
        case .pliers: ["center", "handle", "edge"]
        }
    }

    func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        switch self {
        case .guitar: Guitar.sculpture(&random)
        case .chair: Chair.sculpture(&random)
        case .mug: Mug.sculpture(&random)
        case .lamp: Lamp.sculpture(&random)
        case .airplane: Airplane.sculpture(&random)
        case .animal: Animal.sculpture(&random)
        case .table: Table.sculpture(&random)
        case .vase: Vase.sculpture(&random)
        case .hammer: Hammer.sculpture(&random)
        case .pliers: Pliers.sculpture(&random)
        }
    }
}

/// A made-up everyday object: a closed mesh with named parts, one of endlessly many of its kind.
///
/// Up is +y and the front is +z: where an animal or an airplane looks, where a chair is open, the strings of a guitar. A mug has its
/// handle at +x. The bounding box is centred at the origin and its longest side is 1. All components are closed and wound
/// counter-clockwise seen from outside; some overlap, as the parts of found meshes do.
package struct ExampleShape: Hashable, Sendable {
    /// What sort of object it is.
    package let kind: ExampleKind
    /// Which of its kind it is.
    package let seed: UInt64
    /// The mesh; its groups are the parts that the shape has, in the order of ``ExampleKind/partNames``.
    package let mesh: Mesh
    /// #F: the index of each face's part in ``partNames``.
    package let partOfFace: [UInt8]

    /// The names of all parts that shapes of this kind may have.
    package var partNames: [String] { kind.partNames }

    /// The vertex counts that may be asked for.
    package static let vertexRange = 500...100_000

    /// The shape number `seed` of a kind, the same bytes every time.
    ///
    /// - Parameter kind: what to make.
    /// - Parameter seed: which of its kind.
    /// - Parameter vertices: about how many vertices the mesh gets, in ``vertexRange``; more where small details need them.
    /// - Throws: `Failure` (usage) when `vertices` is out of range.
    /// - Complexity: O(*v*) distance evaluations, where *v* is the number of vertices; some 0.2 s for 8,000.
    package init(_ kind: ExampleKind, seed: UInt64, vertices: Int = 8_000) throws {
        guard Self.vertexRange.contains(vertices) else {
            throw Failure(
                .usage, "making an example shape", reason: "\(vertices) vertices were asked for",
                hint: "ask for \(Self.vertexRange.lowerBound) to \(Self.vertexRange.upperBound)")
        }
        var random = SeededGenerator(seed: seed, stream: 100 + UInt64(ExampleKind.allCases.firstIndex(of: kind)!))
        let surface = kind.sculpture(&random).mesh(target: vertices)
        self.kind = kind
        self.seed = seed
        partOfFace = surface.parts
        mesh = Mesh(vertices: surface.vertices, faces: surface.faces, groups: Self.groups(surface.parts, kind.partNames))
    }

    private static func groups(_ parts: [UInt8], _ names: [String]) -> [Mesh.FaceGroup] {
        var faces = [[UInt32]](repeating: [], count: names.count)
        for (face, part) in parts.enumerated() { faces[Int(part)].append(UInt32(face)) }
        return zip(names, faces).filter { !$1.isEmpty }.map { Mesh.FaceGroup(name: $0, fileFaces: $1) }
    }
}

extension SeededGenerator {
    /// True with probability `p`.
    mutating func chance(_ p: Float) -> Bool {
        uniform() < p
    }

    /// One of several values, all as likely.
    mutating func pick<T>(_ values: [T]) -> T {
        values[index(below: values.count)]
    }
}

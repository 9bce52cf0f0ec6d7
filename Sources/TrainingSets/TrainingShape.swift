import BSBBasics
import BSBRendering
import BSBShapes

/// A shape to make training pictures of, normalised to the unit ball, with what is known of its parts.
package struct TrainingShape: Sendable {
    /// A name that no other shape of the set has.
    package var name: String
    /// What kind of thing it is.
    package var category: String
    /// The mesh in the unit ball.
    package var mesh: Mesh
    /// #F class indices, or nil where no parts are known.
    package var faceClasses: [UInt8]?
    /// #F: the connected piece of one class that each face is part of (each leg its own), largest first, 253 for all that follow.
    package let faceInstances: [UInt8]
    /// The direction that is up when the shape stands as it usually does.
    package var up: SIMD3<Float>
    /// The direction in which a usual viewer looks, nil where any side may be the front.
    package var viewDirection: SIMD3<Float>?
    /// Whether the shape is made up by a program rather than taken from a data set.
    package var isMade = false
    /// #F indices of the maker's own groups and materials, `TrainingExample.background` where a face is in none; nil where they are not known.
    package var faceRegions: [UInt8]?
    /// The colours that the mesh's file gives, for photos that show it as it was made.
    package var ownColors: SurfaceColors?
    let fans: CornerFans

    /// A shape.
    ///
    /// - Throws: `Failure` where there are faces without a class or the mesh names vertices that are not there.
    package init(
        name: String, category: String, mesh: Mesh, faceClasses: [UInt8]? = nil, up: SIMD3<Float> = [0, 1, 0],
        viewDirection: SIMD3<Float>? = nil
    ) throws {
        guard faceClasses == nil || faceClasses?.count == mesh.faces.count else {
            throw Failure(.badInput, "preparing a training shape", path: name, reason: "there must be one class for each face")
        }
        guard !mesh.faces.isEmpty, mesh.faces.allSatisfy({ $0.max() < UInt32(mesh.vertices.count) }) else {
            throw Failure(.badInput, "preparing a training shape", path: name, reason: "it has no faces, or they name missing vertices")
        }
        self.name = name
        self.category = category
        self.mesh = mesh
        self.faceClasses = faceClasses
        self.up = up
        self.viewDirection = viewDirection
        fans = CornerFans(mesh)
        faceInstances = PartInstances.find(mesh: mesh, faceClasses: faceClasses, weld: fans.weld)
    }
}

/// Connected pieces of one class.
enum PartInstances {
    /// The number of pieces that get an index of their own.
    static let limit = 253

    static func find(mesh: Mesh, faceClasses: [UInt8]?, weld: Weld) -> [UInt8] {
        var sets = DisjointSets(count: mesh.faces.count)
        var owner: [SIMD3<UInt32>: Int] = [:]
        for (index, face) in mesh.faces.enumerated() {
            let corners = weld.corners(face)
            for corner in 0..<3 {
                let (a, b) = (corners[corner], corners[(corner + 1) % 3])
                // One edge may bear faces of several classes; each class joins up on its own.
                let kind = UInt32(faceClasses?[index] ?? 0)
                let edge = SIMD3<UInt32>(min(a, b), max(a, b), kind)
                if let other = owner[edge] { sets.join(index, other) } else { owner[edge] = index }
            }
        }
        var area: [Int: Float] = [:]
        for (index, face) in mesh.faces.enumerated() {
            let (a, b, c) = (mesh.vertices[Int(face.x)], mesh.vertices[Int(face.y)], mesh.vertices[Int(face.z)])
            area[sets.root(index), default: 0] += length(cross(b - a, c - a))
        }
        let order = area.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map(\.key)
        let number = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, UInt8(min($0, limit))) })
        return mesh.faces.indices.map { number[sets.root($0)]! }
    }
}

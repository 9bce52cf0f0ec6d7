import Foundation

/// What a glTF file holds besides the surface, kept so that it can be written out again: the document, its pictures, and which vertices
/// and faces of the mesh each primitive gave.
struct GLTFScene: Hashable, Sendable {
    /// A primitive as it was drawn.
    struct Piece: Hashable, Sendable {
        /// The node of the document; nil for a file without nodes.
        var node: Int?
        /// The number among the node's instances, where it has such.
        var instance: Int?
        var mesh: Int
        var primitive: Int
        /// The mesh's vertex that is the primitive's first.
        var firstVertex: Int
        /// The mesh's faces that are the primitive's.
        var fileFaces: Range<Int>
        /// From the primitive to the scene.
        var transform: GLTFTransform
        /// From the instance to its node, where it is one of several.
        var instanceTransform: GLTFTransform?
        /// Whether joints or morph targets moved the vertices.
        var isPosed: Bool
    }

    /// The document as it was.
    var json: Data
    /// Its numbers and pictures.
    var buffers: GLTFBuffers
    /// The primitives in the order of the mesh.
    var pieces: [Piece]

    static func == (a: GLTFScene, b: GLTFScene) -> Bool { a.json == b.json && a.pieces == b.pieces }

    func hash(into hasher: inout Hasher) {
        hasher.combine(json)
        hasher.combine(pieces)
    }
}

import BSBLinearAlgebra
import BSBShapes

/// What a decoder learns from.
package enum LearningSignal: String, Sendable, Hashable, Codable, CaseIterable {
    /// The parts that the training-free lift makes of clicks: one answer for the whole surface, settled between all views.
    case lift
    /// The segmenter's masks in one set of views, each embedded once.
    case masks
    /// The published way: the segmenter's mask in a random view for each prompt, embedded for it alone.
    case published
}

/// What a decoder that learns from lifts sees of a vertex besides the segmenter's features.
///
/// The features say what the surface looks like near a vertex, but not where on the shape that is: two legs look alike. The context does: how
/// likely the vertex is in the parts that the first training clicks mean (which are spread over the whole mesh, see
/// `Mesh.farthestPoints(count:)`), and its position; both from -1 to 1 or little more, as a network likes them.
package enum VertexContext {
    /// At most so many clicks' parts are part of the context.
    package static let parts = 64

    /// The context of a mesh's vertices: #V x (parts + 3).
    ///
    /// - Parameters:
    ///   - answers: the answers that are learned, in the order of farthest-point sampling.
    ///   - mesh: the mesh in the unit ball.
    /// - Complexity: O(#V x parts).
    package static func matrix(of answers: [LiftedAnswers], on mesh: Mesh) -> Matrix {
        let known = answers.compactMap(\.prompts.first).prefix(parts)
        let columns = known.count + 3
        var context = Matrix(rows: mesh.vertices.count, columns: columns)
        for (vertex, position) in mesh.vertices.enumerated() {
            for (column, part) in known.enumerated() { context[vertex, column] = 2 * part.probability(vertex) - 1 }
            for axis in 0..<3 { context[vertex, known.count + axis] = 2 * position[axis] }
        }
        return context
    }
}

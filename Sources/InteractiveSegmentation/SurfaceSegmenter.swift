import BSBBasics

/// A way from clicks on a mesh to a part of it.
///
/// The training-free lift (``LiftingSegmenter``) asks the 2D segmenter about the very clicks; a trained decoder (``DecoderSegmenter``)
/// has learned its answers and needs no pictures.
package protocol SurfaceSegmenter: Sendable {
    /// Which way it is.
    var method: SurfaceMethod { get }

    /// The part that is clicked; nil if what is clicked cannot be seen by this way.
    ///
    /// - Parameter clicks: at least one that is on what is wanted.
    /// - Throws: `Failure` for clicks that make no sense on this mesh, and what the way itself may throw.
    func visibleAnswer(to clicks: [SurfaceClick]) throws -> SurfaceAnswer?
}

/// A way from clicks to parts.
public enum SurfaceMethod: String, Sendable, Hashable, Codable {
    /// Masks of rendered views, lifted to the surface without training.
    case lift
    /// A decoder that was trained on the mesh.
    case iseg
}

/// A part of a mesh as a segmenter sees it, and how much work it took.
package struct SurfaceAnswer: Sendable, Hashable {
    /// #V: the probability of each vertex to be in the part.
    package var probability: [Float]
    /// Prompts that the 2D segmenter answered for it.
    package var prompts: Int

    /// An answer of these probabilities.
    package init(probability: [Float], prompts: Int) {
        self.probability = probability
        self.prompts = prompts
    }
}

extension SurfaceSegmenter {
    /// The part that is clicked.
    ///
    /// Throws as ``visibleAnswer(to:)``, and `Failure` where that finds nothing.
    package func answer(to clicks: [SurfaceClick]) throws -> SurfaceAnswer {
        guard let answer = try visibleAnswer(to: clicks) else { throw Failure.unseenClick }
        return answer
    }

    /// The probability of each vertex to be in the clicked part: #V; see ``answer(to:)``.
    package func probabilities(of clicks: [SurfaceClick]) throws -> [Float] {
        try answer(to: clicks).probability
    }
}

/// The training-free lift for one mesh and its views.
package struct LiftingSegmenter<Views: MeshViews>: SurfaceSegmenter {
    private let lifting: MaskLifting
    private let views: Views
    private let surface: SurfaceModel
    private let smoothing: SurfaceSmoothing

    /// A segmenter that lifts masks of `views` to `surface`, whose smoothing may be at hand.
    ///
    /// Throws `Failure` if memory runs out.
    package init(_ lifting: MaskLifting, views: Views, surface: SurfaceModel, smoothing: SurfaceSmoothing? = nil) throws {
        self.lifting = lifting
        self.views = views
        self.surface = surface
        self.smoothing = try smoothing ?? SurfaceSmoothing(surface)
    }

    /// The lift.
    package var method: SurfaceMethod { .lift }

    /// The part by ``MaskLifting/probabilities(of:in:surface:)``; nil where no view shows what is clicked.
    package func visibleAnswer(to clicks: [SurfaceClick]) throws -> SurfaceAnswer? {
        try lifting.lifted(clicks, in: views, surface: surface, smoothing: smoothing).map {
            SurfaceAnswer(probability: $0.probability, prompts: $0.prompts)
        }
    }
}

extension [SurfaceClick] {
    /// The clicks without repetitions, in order: to click a vertex again says nothing new.
    ///
    /// - Throws: `Failure` for a vertex that does not exist, for a vertex that is said to be wanted and unwanted, and if no click is on what
    ///   is wanted.
    func checked(vertexCount: Int) throws -> [SurfaceClick] {
        let operation = "segmenting the mesh"
        var polarity: [Int: Bool] = [:]
        var distinct: [SurfaceClick] = []
        for click in self {
            guard (0..<vertexCount).contains(click.vertex) else {
                throw Failure(
                    .usage, operation, reason: "there is no vertex \(click.vertex)", hint: "the mesh has vertices 0 to \(vertexCount - 1)")
            }
            if let known = polarity[click.vertex] {
                guard known == click.isForeground else {
                    throw Failure(.usage, operation, reason: "vertex \(click.vertex) is clicked as wanted and as unwanted")
                }
                continue
            }
            polarity[click.vertex] = click.isForeground
            distinct.append(click)
        }
        guard distinct.contains(where: \.isForeground) else {
            throw Failure(.usage, operation, reason: "no click is on what is wanted", hint: "give at least one positive click")
        }
        return distinct
    }
}

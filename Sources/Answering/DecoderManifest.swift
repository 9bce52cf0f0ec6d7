import BSBBackbones
import BSBBasics
import BSBInteractiveSegmentation
import BSBWorkbench

/// What a decoder is trained on: models, choices, what was asked and the hashes of the answers.
package struct DecoderManifest: Sendable, Codable {
    /// The version of this schema.
    package var schema = 2
    /// SHA-256 of the mesh's file.
    package var meshHash: String
    /// The 2D segmenter.
    package var segmenter: ModelIdentity
    /// The seed of every random choice.
    package var seed: UInt64
    /// What the decoder was trained on, and how.
    package var plan: TrainingPlan
    /// The vertices that are clicked.
    package var vertices: [Int]
    /// The (vertex, view) pairs that there are, of which at most as many as planned are used; where masks are learned.
    package var availablePrompts: Int?
    /// Prompts that repeat a view because no better one was found; where masks are learned.
    package var duplicateViews: Int?
    /// What was asked, in each view or from each vertex.
    package var sources: [SourceDocument]
    /// SHA-256 over the hashes of all sources.
    package var answersHash: String

    /// The prompts of one view, or those that begin with one vertex.
    package struct SourceDocument: Sendable, Codable {
        /// The index of the view, where masks are learned.
        package var view: Int?
        /// The first click, where lifts are learned.
        package var vertex: Int?
        /// The number of prompts.
        package var prompts: Int
        /// SHA-256 of the answers.
        package var hash: String
    }

    /// The manifest of a training on masks.
    init(_ mesh: OpenMesh, _ bench: Workbench, _ plan: TrainingPlan, _ prompts: PromptPlan, masks answers: [AnsweredView]) {
        self.init(
            mesh, bench, plan, vertices: prompts.vertices,
            sources: answers.map { SourceDocument(view: $0.view, prompts: $0.prompts.count, hash: ContentHash(of: $0.data).hex) })
        availablePrompts = prompts.availablePrompts
        duplicateViews = prompts.duplicates
    }

    /// The manifest of a training on lifts.
    init(_ mesh: OpenMesh, _ bench: Workbench, _ plan: TrainingPlan, lifts answers: [LiftedAnswers]) {
        self.init(
            mesh, bench, plan, vertices: answers.map(\.vertex),
            sources: answers.map { SourceDocument(vertex: $0.vertex, prompts: $0.prompts.count, hash: ContentHash(of: $0.data).hex) })
    }

    private init(_ mesh: OpenMesh, _ bench: Workbench, _ plan: TrainingPlan, vertices: [Int], sources: [SourceDocument]) {
        meshHash = mesh.hash
        segmenter = bench.segmenter.identity
        seed = bench.settings.seed
        self.plan = plan
        self.vertices = vertices
        self.sources = sources
        var hasher = ContentHasher()
        for source in sources { hasher.add("source", source.hash) }
        answersHash = hasher.finalize().hex
    }
}

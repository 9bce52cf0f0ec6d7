import Backbones
import Basics
import Foundation
import InteractiveSegmentation
import Workbench

/// What a decoder is trained on: models, choices, what was asked and the hashes of the answers.
public struct DecoderManifest: Sendable, Codable {
    /// The version of this schema.
    public var schema = 2
    /// SHA-256 of the mesh's file.
    public var meshHash: String
    /// The 2D segmenter.
    public var segmenter: ModelIdentity
    /// The seed of every random choice.
    public var seed: UInt64
    /// What the decoder was trained on, and how.
    public var plan: TrainingPlan
    /// The vertices that are clicked.
    public var vertices: [Int]
    /// The (vertex, view) pairs that there are, of which at most as many as planned are used; where masks are learned.
    public var availablePrompts: Int?
    /// Prompts that repeat a view because no better one was found; where masks are learned.
    public var duplicateViews: Int?
    /// What was asked, in each view or from each vertex.
    public var sources: [SourceDocument]
    /// SHA-256 over the hashes of all sources.
    public var answersHash: String

    /// The prompts of one view, or those that begin with one vertex.
    public struct SourceDocument: Sendable, Codable {
        /// The index of the view, where masks are learned.
        public var view: Int?
        /// The first click, where lifts are learned.
        public var vertex: Int?
        /// The number of prompts.
        public var prompts: Int
        /// SHA-256 of the answers.
        public var hash: String
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

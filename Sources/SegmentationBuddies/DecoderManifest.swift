import Backbones
import Basics
import Foundation
import InteractiveSegmentation

/// What a decoder is trained on: models, choices, and for each view what was asked and the hash of the answers.
public struct DecoderManifest: Sendable, Codable {
    /// The version of this schema.
    public var schema = 1
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
    /// The (vertex, view) pairs that there are, of which at most as many as planned are used.
    public var availablePrompts: Int
    /// Prompts that repeat a view because no better one was found.
    public var duplicateViews: Int
    /// What was asked in each view.
    public var views: [ViewDocument]
    /// SHA-256 over the hashes of all views.
    public var answersHash: String

    /// One view.
    public struct ViewDocument: Sendable, Codable {
        /// The index of the view.
        public var view: Int
        /// The number of prompts.
        public var prompts: Int
        /// SHA-256 of the answers.
        public var hash: String
    }

    /// The manifest of a training's material.
    init(_ mesh: PreparedMesh, _ bench: Workbench, _ plan: TrainingPlan, _ prompts: PromptPlan, _ answers: [AnsweredView]) {
        meshHash = mesh.hash
        segmenter = bench.segmenter.identity
        seed = bench.settings.seed
        self.plan = plan
        vertices = prompts.vertices
        availablePrompts = prompts.availablePrompts
        duplicateViews = prompts.duplicates
        views = answers.map { ViewDocument(view: $0.view, prompts: $0.prompts.count, hash: ContentHash(of: $0.data).hex) }
        var hasher = ContentHasher()
        for view in views { hasher.add("view", view.hash) }
        answersHash = hasher.finalize().hex
    }
}

/// What `bsb train` reports.
public struct TrainDocument: Sendable, Codable {
    /// The version of this schema.
    public var schema = 1
    /// The mesh.
    public var mesh: String
    /// SHA-256 of the mesh's file.
    public var hash: String
    /// The number of vertices.
    public var vertices: Int
    /// The number of the file's faces.
    public var faces: Int
    /// Numbers that were trained.
    public var parameters: Int
    /// Where the decoder comes from, if one was used.
    public var provenance: TrainedDecoder.Provenance
    /// Work done now, by kind.
    public var counts: [String: Int]
    /// Seconds spent, by stage.
    public var timings: [String: Double]
    /// Seconds of processor time of the whole process, of all threads together.
    public var processorSeconds: Double
    /// The most memory that the process had in use, in megabytes, where the system says it.
    public var peakMemoryMegabytes: Double?
    /// Every setting that decides the result.
    public var settings: Settings
    /// What the decoder was trained on, and how.
    public var plan: TrainingPlan
    /// What looked odd about the mesh.
    public var warnings: [String]
    /// The files written, relative to the output folder.
    public var outputs: [String]
}

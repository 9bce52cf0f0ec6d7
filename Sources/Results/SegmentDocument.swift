import Answering
import Backbones
import InteractiveSegmentation
import Workbench

/// The result of clicks on a mesh, as `result.json` holds it and `bsb segment --json` prints it.
public struct SegmentDocument: Sendable, Codable {
    /// The version of this schema.
    public var schema = 1
    /// The clicks, in the order given.
    public var clicks: [ClickDocument]
    /// Where another mesh was clicked: the vertices of the mesh that stood for the clicks; empty where the clicks' features were used
    /// themselves.
    public var standIns: [ClickDocument]?
    /// The part.
    public var segment: PartDocument
    /// The mesh.
    public var mesh: MeshDocument
    /// The mesh that was clicked, if another.
    public var source: MeshDocument?
    /// Where the decoder comes from, if one was used.
    public var decoder: TrainedDecoder.Provenance?
    /// Every setting that decides the result.
    public var settings: Settings
    /// The models that were used.
    public var models: [ModelIdentity]
    /// Seconds spent, by stage.
    public var timings: [String: Double]
    /// Work done, by kind.
    public var counts: WorkCounts
    /// What looked odd about the mesh.
    public var warnings: [String]
    /// The files written, relative to the output folder.
    public var outputs: [String]

    /// One click.
    public struct ClickDocument: Sendable, Codable {
        /// The vertex.
        public var vertex: Int
        /// Whether it is on what is wanted.
        public var isForeground: Bool
        /// In the file's units.
        public var position: [Float]
    }
}

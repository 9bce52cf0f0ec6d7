import Answering
import InteractiveSegmentation
import Workbench

/// What `bsb train` reports.
public struct TrainDocument: Sendable, Codable {
    /// The version of this schema.
    public var schema = 2
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

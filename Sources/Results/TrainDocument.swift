import BSBAnswering
import BSBInteractiveSegmentation
import BSBWorkbench

/// What `bsb train` reports.
package struct TrainDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 2
    /// The mesh.
    package var mesh: String
    /// SHA-256 of the mesh's file.
    package var hash: String
    /// The number of vertices.
    package var vertices: Int
    /// The number of the file's faces.
    package var faces: Int
    /// Numbers that were trained.
    package var parameters: Int
    /// Where the decoder comes from, if one was used.
    package var provenance: TrainedDecoder.Provenance
    /// Work done now, by kind.
    package var counts: [String: Int]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// Seconds of processor time of the whole process, of all threads together.
    package var processorSeconds: Double
    /// The most memory that the process had in use, in megabytes, where the system says it.
    package var peakMemoryMegabytes: Double?
    /// Every setting that decides the result.
    package var settings: Settings
    /// What the decoder was trained on, and how.
    package var plan: TrainingPlan
    /// What looked odd about the mesh.
    package var warnings: [String]
    /// The files written, relative to the output folder.
    package var outputs: [String]
}

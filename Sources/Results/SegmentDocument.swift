import BSBBackbones
import BSBInteractiveSegmentation
import BSBWorkbench

/// The result of clicks on a mesh, as `result.json` holds it and `bsb segment --json` prints it.
package struct SegmentDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// The clicks, in the order given.
    package var clicks: [ClickDocument]
    /// Where another mesh was clicked: the vertices of the mesh that stood for the clicks; empty where the clicks' features were used
    /// themselves.
    package var standIns: [ClickDocument]?
    /// The part.
    package var segment: PartDocument
    /// The mesh.
    package var mesh: MeshDocument
    /// The mesh that was clicked, if another.
    package var source: MeshDocument?
    /// Where the decoder comes from, if one was used.
    package var decoder: TrainedDecoder.Provenance?
    /// Every setting that decides the result.
    package var settings: Settings
    /// The models that were used.
    package var models: [ModelIdentity]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// Work done, by kind.
    package var counts: WorkCounts
    /// What looked odd about the mesh.
    package var warnings: [String]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// One click.
    package struct ClickDocument: Sendable, Codable {
        /// The vertex.
        package var vertex: Int
        /// Whether it is on what is wanted.
        package var isForeground: Bool
        /// In the file's units.
        package var position: [Double]
    }
}

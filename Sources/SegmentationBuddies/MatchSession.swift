import Basics
import Correspondence

/// One photo and one mesh for any number of clicks: each is seen by the models once.
public struct MatchSession: Sendable {
    /// The photo.
    public let photo: PreparedPhoto
    /// The mesh.
    public let mesh: LiftedMesh
    private let bench: Workbench

    /// Prepares a photo and a mesh for `clicks`, which are checked first: the mesh may take long.
    ///
    /// Throws `Failure` for inputs that cannot be used.
    public init(image: String, mesh: String, for clicks: [Click], at bench: Workbench) throws {
        self.bench = bench
        photo = try PreparedPhoto(contentsOf: image, at: bench)
        for click in clicks { _ = try photo.masks(of: click, at: bench) }
        self.mesh = try LiftedMesh(PreparedMesh(contentsOf: mesh, at: bench), at: bench)
    }

    /// Matches one click.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public func match(_ click: Click) throws -> MatchJob.Outcome {
        try MatchJob(at: bench).run(photo: photo, click: click, mesh: mesh)
    }

    /// The approximate answer beside that of a match: at most `limit` places.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public func alternatives(to outcome: MatchJob.Outcome, limit: Int) throws -> Alternatives {
        try AlternativeFinder(at: bench, limit: limit).find(
            outcome.photo.clicked(outcome.click, masks: (outcome.objectMask, outcome.partMask)), on: mesh)
    }
}

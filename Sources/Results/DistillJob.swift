import BSBBackbones
import BSBWorkbench
import Foundation

/// Prepares a mesh so that later clicks are quick: fits its features and embeds the segmenter's views, into the cache.
package struct DistillJob: Sendable {
    private let bench: Workbench

    /// A job that works at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// What was prepared.
    package struct Document: Sendable, Codable {
        /// The mesh file, as it was named.
        package var mesh: String
        /// SHA-256 of the mesh file.
        package var hash: String
        /// The number of vertices.
        package var vertices: Int
        /// The number of the file's faces.
        package var faces: Int
        /// Views that were run through the feature extractor now; 0 if the cache had the features.
        package var featureViews: Int
        /// Views that were run through the segmenter now.
        package var segmenterViews: Int
        /// The time it took.
        package var seconds: Double
        /// The models that were used.
        package var models: [ModelIdentity]
        /// Everything else that decides the result.
        package var settings: Settings
        /// What is odd about the mesh.
        package var warnings: [String]
    }

    /// Prepares the mesh in the file `path`.
    ///
    /// Throws `Failure`.
    package func run(mesh path: String) throws -> Document {
        var watch = Stopwatch()
        let mesh = try watch.measure("mesh") { try OpenMesh(contentsOf: path, at: bench) }
        return try run(mesh, &watch)
    }

    /// Prepares a mesh that is open.
    ///
    /// Throws `Failure`.
    package func run(_ mesh: OpenMesh) throws -> Document {
        var watch = Stopwatch()
        return try run(mesh, &watch)
    }

    private func run(_ mesh: OpenMesh, _ watch: inout Stopwatch) throws -> Document {
        let counting = bench.counting()
        _ = try watch.measure("features") { try FeatureDistiller(at: counting).field(of: mesh) }
        try watch.measure("views") { try EmbeddedViews(of: mesh, at: counting).prepareAll() }
        return Document(
            mesh: mesh.path, hash: mesh.hash, vertices: mesh.mesh.vertices.count, faces: mesh.mesh.fileFaceCount,
            featureViews: counting.viewsExtracted,
            segmenterViews: counting.viewsEmbedded, seconds: watch.seconds.values.reduce(0, +),
            models: bench.models, settings: bench.settings,
            warnings: mesh.report.warnings)
    }
}

import BSBBasics
import BSBResults
import BSBWorkbench
import Foundation

/// Prepares the meshes of a manifest, or of a share of it, side by side on all cores, so that its rows are quick.
package struct BatchPreparation: Sendable {
    /// What a run did.
    package struct Summary: Codable, Sendable {
        /// Meshes of the share.
        package var meshes = 0
        /// Meshes of which something had to be made.
        package var prepared = 0
        /// Views that were looked at, by either model.
        package var views = 0
        /// Meshes that cannot be used.
        package var failed: [Problem] = []
        /// The time it took.
        package var seconds = 0.0
    }

    /// A mesh that cannot be used.
    package struct Problem: Codable, Sendable {
        /// Its file, as the manifest names it.
        package var mesh: String
        /// What is wrong.
        package var error: String
        /// The exit code of the failure.
        package var code: Int32
    }

    private let manifest: BatchManifest
    private let bench: Workbench
    /// Told after each mesh.
    package var progress: @Sendable (Headway) -> Void = { _ in }

    /// The preparation of a manifest's meshes at a workbench.
    package init(_ manifest: BatchManifest, at bench: Workbench) {
        self.manifest = manifest
        var bench = bench
        bench.progress = { _ in }
        self.bench = bench
    }

    /// Prepares the meshes of a share into the workbench's cache; what is there is not made again.
    ///
    /// A mesh that cannot be used is told in the summary, and the rest is done. Throws `Failure(.missingModel)` if a model cannot be run.
    package func run(_ shard: BatchRun.Shard) throws -> Summary {
        let meshes = manifest.units.indices.filter(shard.has).map { manifest.units[$0].mesh }
        let start = ContinuousClock.now
        let counter = HeadwayCounter(total: meshes.count, progress)
        // With fewer meshes than threads, the threads work within a mesh.
        let side = meshes.count < bench.parallelism.threads ? Parallelism(threads: 1) : bench.parallelism
        let results = try side.map(meshes.count) { index throws -> Result<Int, Failure> in
            do {
                let document = try DistillJob(at: bench).run(mesh: Folder.place(meshes[index], in: manifest.folder))
                counter.finished()
                return .success(document.featureViews + document.segmenterViews)
            } catch let failure as Failure where failure.kind != .missingModel {
                counter.finished(failed: 1)
                return .failure(failure)
            }
        }
        var summary = Summary()
        summary.meshes = meshes.count
        for (mesh, result) in zip(meshes, results) {
            switch result {
            case .success(let views): (summary.prepared, summary.views) = (summary.prepared + (views > 0 ? 1 : 0), summary.views + views)
            case .failure(let failure): summary.failed.append(Problem(mesh: mesh, error: "\(failure)", code: failure.kind.exitCode))
            }
        }
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        return summary
    }
}

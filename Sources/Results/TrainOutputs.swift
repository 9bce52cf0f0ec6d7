import BSBAnswering
import BSBBasics
import BSBWorkbench
import Foundation

/// The files that a training leaves behind: the checkpoint, the loss and the manifest.
package struct TrainOutputs: Outputs {
    private let outcome: TrainJob.Outcome
    private let mesh: OpenMesh
    private let plan: TrainingPlan
    private let bench: Workbench

    /// The name of the document's file.
    package static let documentName = "train.json"

    /// The files of a training of a mesh's decoder after a plan.
    package init(_ outcome: TrainJob.Outcome, of mesh: OpenMesh, plan: TrainingPlan, at bench: Workbench) {
        (self.outcome, self.mesh, self.plan, self.bench) = (outcome, mesh, plan, bench)
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> TrainDocument {
        TrainDocument(
            mesh: mesh.path, hash: mesh.hash, vertices: mesh.mesh.vertices.count, faces: mesh.mesh.fileFaceCount,
            parameters: outcome.trained.decoder.parameterCount, provenance: outcome.trained.provenance, counts: outcome.counts,
            timings: outcome.timings, processorSeconds: ProcessUsage.processorSeconds,
            peakMemoryMegabytes: ProcessUsage.peakMemoryMegabytes, settings: bench.settings, plan: plan, warnings: mesh.report.warnings,
            outputs: outputs)
    }

    /// Adds the checkpoint, the loss as a table and a picture, and the manifest.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("decoder.safetensors", try outcome.trained.encoded())
        folder.add("loss.csv", Data(LossCurve(outcome.history).csv.utf8))
        folder.add("loss.png", try LossCurve(outcome.history).image().pngData())
        folder.add("manifest.json", try JSONText.data(outcome.manifest))
    }
}

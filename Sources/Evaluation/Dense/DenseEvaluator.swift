import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBPhotography
import BSBRegistration
import BSBRendering
import BSBShapes
import BSBTrainingSets
import BSBWorkbench
import Foundation

/// Measures how far from the true point of the mesh the point is that each pixel of an object is given.
package struct DenseEvaluator: PhotoExperiment {
    package static let name = "dense"
    package static let stage = "Mapping photos"

    /// What is photographed.
    package enum Subject: String, Sendable, Hashable, Codable, CaseIterable {
        /// The mesh itself.
        case same
        /// The mesh stretched, twisted and bent: another shape with known points.
        case deformed
        /// Another shape of its category: only the parts are known.
        case cross
    }

    package let evaluator: Evaluator
    let subject: Subject
    private let usesTrueMask: Bool
    private let hasRegions: Bool

    /// An evaluation on the photos of `evaluator`, whose protocol is `cross` for that subject.
    ///
    /// - Parameter usesTrueMask: whether the object is given, and not found by a click.
    /// - Parameter hasRegions: whether photos are mapped region by region too.
    package init(_ evaluator: Evaluator, subject: Subject, usesTrueMask: Bool = false, hasRegions: Bool = false) {
        (self.evaluator, self.subject, self.usesTrueMask, self.hasRegions) = (evaluator, subject, usesTrueMask, hasRegions)
    }

    package var choices: [any Encodable & Sendable] { [evaluator.options, subject, usesTrueMask, hasRegions] }

    static let isSideBySide = false

    func prepared(_ entry: ShapeEntry) throws -> DenseJudge { try DenseJudge(ground.shape(entry), at: bench) }

    /// How far the points are that a photo's pixels are given.
    func records(of planned: PlannedPhoto, _ source: PhotoSource, on judge: DenseJudge) throws -> [DenseRecord] {
        let source = subject == .deformed ? try deformed(planned) : source
        guard let photo = try evaluator.studio.photo(of: source.shape, subject: source.subject, number: planned.number) else { return [] }
        let record = try judge.record(
            of: photo, source.shape, number: planned.number, isSame: subject != .cross, usesTrueMask: usesTrueMask, hasRegions: hasRegions,
            at: bench)
        return record.map { [$0] } ?? []
    }

    /// The shape of a photo, stretched, twisted and bent.
    private func deformed(_ planned: PlannedPhoto) throws -> PhotoSource {
        var shape = try ground.data.shape(planned.source)
        var generator = SeededGenerator(seed: evaluator.options.seed ^ 0xDEF0, stream: UInt64(planned.number))
        let deformation = Deformation.random(up: shape.pose.up, strength: 0.7, using: &generator)
        let placed = try Normalisation(of: shape.mesh, method: .boundingSphere).applied(to: shape.mesh)
        shape.mesh.vertices = deformation.apply(to: placed.vertices)
        return try PhotoSource(EvaluationShape(shape, settings: bench.settings))
    }
}

import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBShapes
import BSBWorkbench
import Foundation

/// Measures how well clicks on labelled meshes become their parts, as interactive segmentation is measured.
///
/// A part is what hangs together of one label, as ``HangingPieces`` says. Each is clicked at a random vertex that can be seen, then corrected click by click where most
/// is wrong; what counts is the area-weighted IoU after each click.
package struct SegmentEvaluation: ShapeExperiment {
    package static let name = "segments"
    package static let stage = "Measuring"

    /// A way that is measured.
    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// Masks of rendered views, lifted to the surface.
        case lift
        /// The same with its border cleaned.
        case liftClean = "lift-clean"
        /// A decoder of the published sizes.
        case reference
        /// The small decoder.
        case fast
        /// The same with its border cleaned.
        case fastClean = "fast-clean"
        /// What is nearest along the surface, as much of it as the part has.
        case ball
        /// What is nearest in thickness, as much of it as the part has.
        case diameter
    }

    /// What is measured, and how.
    package struct Options: Sendable, Hashable, Codable {
        /// The ways that are measured.
        package var methods = Method.allCases
        /// Clicks after the first.
        package var corrections = 5
        /// Parts with less than this share of the surface are left out.
        package var minimumShare = 0.005
        /// At most so many parts of a mesh, a random choice.
        package var partsPerMesh = 8
        /// What the small decoder learns from, and how.
        package var fast = TrainingPlan()
        /// What the decoder of the published sizes learns from, and how.
        package var reference = TrainingPlan.referenceSizes()

        /// The default measurement.
        package init() {}
    }

    /// One mesh.
    package struct MeshResult: LoggedRecord {
        /// Its place among the meshes.
        package var sample: Int
        /// The mesh: `category/id`.
        package var mesh: String
        /// The number of vertices.
        package var vertices: Int
        /// The parts that were clicked.
        package var parts: [Part]
        /// What each method cost.
        package var costs: [String: Cost]

        /// A part of the mesh.
        package struct Part: Sendable, Codable {
            /// The part's label.
            package var name: String
            /// Its share of the surface.
            package var share: Double
            /// The vertex of the first click.
            package var click: Int
            /// For each method, the IoU after each click.
            package var overlaps: [String: [Double]]
        }

        /// What a method cost on a mesh.
        package struct Cost: Sendable, Codable {
            /// Seconds before the first click, and seconds of processor time.
            package var preparation = Seconds()
            /// Seconds of all clicks.
            package var clicks = Seconds()
            /// Clicks that were answered.
            package var answers = 0
            /// Work done, by kind: views, prompts, steps.
            package var counts: [String: Int] = [:]
        }

        /// Seconds by the clock on the wall, and of all processors together.
        package struct Seconds: Sendable, Codable {
            /// By the clock on the wall.
            package var wall = 0.0
            /// Of all processors together.
            package var processor = 0.0

            /// Adds the time that `body` takes.
            mutating func measure<T>(_ body: () throws -> T) rethrows -> T {
                let (start, used) = (DispatchTime.now().uptimeNanoseconds, ProcessUsage.processorSeconds)
                defer {
                    wall += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
                    processor += ProcessUsage.processorSeconds - used
                }
                return try body()
            }
        }
    }

    package let ground: Subjects
    let options: Options

    /// A measurement on shapes.
    package init(_ ground: Subjects, options: Options = Options()) {
        (self.ground, self.options) = (ground, options)
    }

    package var models: [ModelIdentity] { [bench.segmenter.identity] }
    package var choices: [any Encodable & Sendable] { [options] }

    package func unit(of record: MeshResult) -> String { record.mesh }

    /// What all ways come to on one labelled mesh.
    package func records(of entry: ShapeEntry, number: Int) throws -> [MeshResult] {
        let shape = try ground.data.shape(entry)
        let mesh = try shape.opened(bench.settings)
        var trials = try self.trials(mesh, shape.labels)
        var result = MeshResult(sample: number, mesh: entry.name, vertices: mesh.mesh.vertices.count, parts: [], costs: [:])
        let answerer = SegmentAnswerer(mesh: mesh, bench: bench, options: options)
        for method in options.methods {
            var cost = MeshResult.Cost()
            let answer = try cost.preparation.measure { try answerer.answers(of: method, counts: &cost.counts) }
            for index in trials.indices {
                trials[index].part.overlaps[method.rawValue] = try trials[index].trial.play(corrections: options.corrections) { clicks in
                    cost.answers += 1
                    let trial = trials[index].trial
                    return try cost.clicks.measure { try answer(clicks, trial) }
                }
            }
            result.costs[method.rawValue] = cost
        }
        result.parts = trials.map(\.part)
        return [result]
    }

    private struct Item {
        var part: MeshResult.Part
        var trial: SegmentTrial
    }

    /// The parts of a mesh that are clicked, and where.
    private func trials(_ mesh: OpenMesh, _ labels: ShapeLabels) throws -> [Item] {
        let perVertex = try labels.perVertex(of: mesh.mesh)
        let ground = SegmentTrial.Ground(mesh.scene.mesh, canBeClicked: visibleVertices(mesh))
        let whole = ground.areas.reduce(0, +)
        var generator = SeededGenerator(seed: bench.settings.seed, stream: 0xE7A1)
        var items: [Item] = []
        for (label, name) in labels.names.enumerated() {
            for region in ground.pieces(perVertex.map { $0 == label }) {
                let area = region.reduce(0) { $0 + ground.areas[$1] }
                let clickable = region.filter { ground.canBeClicked[$0] }
                // A part that is the whole mesh tells nothing.
                guard area >= options.minimumShare * whole, area <= 0.95 * whole, !clickable.isEmpty else { continue }
                var truth = [Bool](repeating: false, count: perVertex.count)
                for vertex in region { truth[vertex] = true }
                let first = clickable[generator.index(below: clickable.count)]
                items.append(
                    Item(
                        part: .init(name: name, share: SampleJudge.rounded(area / whole), click: first, overlaps: [:]),
                        trial: SegmentTrial(ground: ground, truth: truth, first: first)))
            }
        }
        items.shuffle(using: &generator)
        return Array(items.prefix(options.partsPerMesh))
    }

    /// #V: whether one of the segmenter's views truly shows each vertex.
    private func visibleVertices(_ mesh: OpenMesh) -> [Bool] {
        let views = RenderedViews(scene: mesh.scene, plan: bench.settings.segmentViews, seed: bench.settings.seed)
        let vertices = Array(mesh.referenced.indices)
        let seen = bench.parallelism.map(views.cameras.count) { view in
            mesh.scene.areVisible(vertices, from: vertices.map { _ in views.cameras[view].eye })
        }
        return mesh.referenced.indices.map { vertex in mesh.referenced[vertex] && seen.contains { $0[vertex] } }
    }
}

import Basics
import Distillation
import Foundation
import InteractiveSegmentation
import Shapes

/// Measures how well clicks on labelled meshes become their parts: the training-free lift, trained decoders, and a geometric baseline.
///
/// A part is a connected region of one label. Each is clicked at a random vertex that can be seen, then corrected click by click; what
/// counts is the area-weighted IoU after each click.
public struct SegmentEvaluation: Sendable {
    /// A way that is measured.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// Masks of rendered views, lifted to the surface.
        case lift
        /// A decoder of the published sizes.
        case reference
        /// The small decoder.
        case fast
        /// What is nearest along the surface, as much of it as the part has.
        case ball
    }

    /// What is measured, and how.
    public struct Options: Sendable, Hashable, Codable {
        /// The ways that are measured.
        public var methods = Method.allCases
        /// Clicks after the first.
        public var corrections = 5
        /// Parts with less than this share of the surface are left out.
        public var minimumShare = 0.005
        /// At most so many parts of a mesh, a random choice.
        public var partsPerMesh = 8
        /// Steps of the decoder of the published sizes.
        public var referenceSteps = 1500
        /// What the decoders learn from.
        public var plan = TrainingPlan()

        /// The default measurement.
        public init() {}
    }

    /// What was measured.
    public struct Document: Sendable, Codable {
        /// The version of this schema.
        public var schema = 1
        /// What was measured, and how.
        public var options: Options
        /// The seed of every random choice.
        public var seed: UInt64
        /// The result of each mesh.
        public var meshes: [MeshResult]
        /// For each method, the mean IoU over all parts after each click.
        public var meanIoU: [String: [Double]]
        /// Parts in all meshes.
        public var parts: Int
    }

    /// One mesh.
    public struct MeshResult: Sendable, Codable {
        /// The mesh.
        public var mesh: String
        /// The number of vertices.
        public var vertices: Int
        /// The label of each part.
        public var parts: [String]
        /// The share of the surface of each part.
        public var shares: [Double]
        /// For each method, for each part, the IoU after each click.
        public var overlaps: [String: [[Double]]]
        /// Seconds, by stage.
        public var seconds: [String: Double]
        /// Work done, by kind.
        public var counts: [String: Int]
    }

    private let bench: Workbench
    private let options: Options

    /// A measurement at `bench`.
    public init(at bench: Workbench, options: Options = Options()) {
        self.bench = bench
        self.options = options
    }

    /// Measures meshes with label files of the Princeton kind.
    ///
    /// Throws `Failure`.
    public func run(_ meshes: [(mesh: String, labels: String)]) throws -> Document {
        var results: [MeshResult] = []
        for (index, file) in meshes.enumerated() {
            bench.progress(ProgressUpdate(stage: "Measuring", done: index, total: meshes.count))
            let mesh = try PreparedMesh(contentsOf: file.mesh, normalisation: bench.settings.normalisation)
            let labels = try ShapeLabels(contentsOf: file.labels, fileFaceCount: mesh.mesh.fileFaceCount)
            results.append(try measure(mesh, labels))
        }
        bench.progress(ProgressUpdate(stage: "Measuring", done: meshes.count, total: meshes.count))
        return summary(results)
    }

    private func summary(_ results: [MeshResult]) -> Document {
        var means: [String: [Double]] = [:]
        for method in options.methods {
            let all = results.flatMap { $0.overlaps[method.rawValue] ?? [] }
            guard !all.isEmpty else { continue }
            means[method.rawValue] = (0...options.corrections).map { click in all.reduce(0) { $0 + $1[click] } / Double(all.count) }
        }
        return Document(
            options: options, seed: bench.settings.seed, meshes: results, meanIoU: means, parts: results.reduce(0) { $0 + $1.parts.count })
    }

    /// Measures one labelled mesh.
    ///
    /// Throws `Failure`.
    func measure(_ mesh: PreparedMesh, _ labels: ShapeLabels) throws -> MeshResult {
        var watch = Stopwatch()
        var result = MeshResult(
            mesh: mesh.path, vertices: mesh.mesh.vertices.count, parts: [], shares: [], overlaps: [:], seconds: [:], counts: [:])
        let views = try watch.measure("views") { try EmbeddedViews(of: mesh, at: bench) }
        let field = try watch.measure("features") { try SegmenterField(at: bench).field(of: mesh, views: views) }
        let trials = try trials(mesh, labels, visible: field.observed)
        result.parts = trials.map(\.name)
        result.shares = trials.map(\.share)
        for method in options.methods {
            guard let answer = try answerer(method, mesh, &watch, &result) else { continue }
            let cut = bench.settings.threshold.binarization
            result.overlaps[method.rawValue] = try watch.measure("clicks \(method.rawValue)") {
                try trials.map { item in
                    try item.trial.play(corrections: options.corrections) { clicks in
                        guard let probability = try answer(clicks) else {
                            return GeodesicBall(ground: item.trial.ground, area: item.area).answer(to: clicks)
                        }
                        return SurfaceSegment(probability: probability, binarization: cut).vertexLabels
                    }
                }
            }
        }
        result.seconds = watch.seconds
        return result
    }

    private struct Item {
        var name: String
        var share: Double
        var area: Double
        var trial: SegmentTrial
    }

    /// The answers of a way to clicks; nil stands for the baseline, which needs no model.
    private func answerer(
        _ method: Method, _ mesh: PreparedMesh, _ watch: inout Stopwatch, _ result: inout MeshResult
    ) throws -> (([SurfaceClick]) throws -> [Float]?)? {
        switch method {
        case .ball: return { _ in nil }
        case .lift:
            var lifting = bench
            lifting.settings.segmenter = .lift
            let chosen = try SegmenterChoice(at: lifting).segmenter(for: mesh, clicks: [])
            return { try chosen.segmenter.probabilities(of: $0) }
        case .fast, .reference:
            var plan = options.plan
            plan.training.architecture = method == .fast ? .fast : .reference
            if method == .reference { (plan.training.learningRate, plan.training.steps) = (5e-4, options.referenceSteps) }
            let outcome = try watch.measure("training \(method.rawValue)") { try TrainJob(at: bench, plan: plan).train(mesh) }
            for (name, count) in outcome.counts { result.counts["\(method.rawValue) \(name)"] = count }
            let segmenter = DecoderSegmenter(outcome.trained, parallelism: bench.parallelism)
            return { try segmenter.probabilities(of: $0) }
        }
    }

    /// The parts of a mesh that are clicked, and where.
    private func trials(_ mesh: PreparedMesh, _ labels: ShapeLabels, visible: [Bool]) throws -> [Item] {
        let perVertex = try labels.perVertex(of: mesh.mesh)
        let ground = SegmentTrial.Ground(mesh.mesh, canBeClicked: zip(visible, mesh.referenced).map { $0 && $1 })
        let whole = ground.areas.reduce(0, +)
        var generator = SeededGenerator(seed: bench.settings.seed, stream: 0xE7A1)
        var items: [Item] = []
        for (label, name) in labels.names.enumerated() {
            for region in ground.regions(perVertex.map { $0 == label }) {
                let area = region.reduce(0) { $0 + ground.areas[$1] }
                let clickable = region.filter { ground.canBeClicked[$0] }
                // A part that is the whole mesh tells nothing.
                guard area >= options.minimumShare * whole, area <= 0.95 * whole, !clickable.isEmpty else { continue }
                var truth = [Bool](repeating: false, count: perVertex.count)
                for vertex in region { truth[vertex] = true }
                let first = clickable[generator.index(below: clickable.count)]
                items.append(
                    Item(name: name, share: area / whole, area: area, trial: SegmentTrial(ground: ground, truth: truth, first: first)))
            }
        }
        items.shuffle(using: &generator)
        return Array(items.prefix(options.partsPerMesh))
    }
}

extension SegmentEvaluation.Document {
    /// The means as a Markdown table: a line for each method, a column for each number of corrective clicks.
    public var table: String {
        let columns = (0...options.corrections).filter { $0 != 4 }
        let head = columns.map { $0 == 0 ? "one click" : "+\($0)" }.joined(separator: " | ")
        let rule = columns.map { _ in "---" }.joined(separator: " | ")
        let lines = options.methods.compactMap { method in
            meanIoU[method.rawValue].map { means in
                "| \(method.rawValue) | " + columns.map { String(format: "%.3f", means[$0]) }.joined(separator: " | ") + " |"
            }
        }
        return (["| method | \(head) |", "| --- | \(rule) |"] + lines).joined(separator: "\n")
    }
}

import Backbones
import Basics
import Correspondence
import Foundation
import Images
import Photography
import Rendering
import SegmentationBuddies
import Shapes

/// What one click gave on a mesh that has its part, or on the same mesh without it.
public struct ExistenceRecord: Sendable, Hashable, Codable {
    /// The number of the photo.
    public var photo: Int
    /// The shape that was clicked and answered on.
    public var shape: String
    /// The clicked part.
    public var part: String
    /// Whether the mesh has the clicked part.
    public var exists: Bool
    /// The largest IoU among the candidates that qualify; 0 if none does.
    public var bestIoU: Double
    /// IoU of the clicked part with the mask at the most similar vertex's own pixel, qualified or not.
    public var nearestIoU: Double
    /// The share of candidates that qualify.
    public var qualifyingShare: Double
    /// Cosine of the click and the most similar vertex.
    public var similarity: Double
}

/// Measures how well a part that a mesh lacks is noticed: a labelled part is cut out of the mesh and clicked in photos of the whole.
///
/// The mesh is left open where the part was. Each click is answered on the whole mesh and on the mesh without the part.
public struct ExistenceEvaluator: Sendable {
    private let data: any LabelledDataSet
    private let entries: [ShapeEntry]
    private let options: EvaluationOptions
    private let bench: Workbench

    /// An analysis on the shapes `entries`; of the options, samples, seed, photo size and sampling count.
    public init(data: any LabelledDataSet, entries: [ShapeEntry], options: EvaluationOptions, at bench: Workbench) {
        self.data = data
        self.entries = entries
        self.options = options
        self.bench = bench
    }

    /// Clicks each shape in turn; one part of each shape is cut out, drawn from those with at most half of its vertices.
    ///
    /// Throws `Failure` if a shape cannot be read or a model cannot be run.
    public func run() throws -> [ExistenceRecord] {
        var records: [ExistenceRecord] = []
        let each = max(1, (options.samples + entries.count - 1) / max(1, entries.count))
        for (index, entry) in entries.enumerated() {
            bench.progress(ProgressUpdate(stage: "Cutting parts out", done: index, total: entries.count))
            records += try self.records(of: entry, number: index, clicks: each)
        }
        bench.progress(ProgressUpdate(stage: "Cutting parts out", done: entries.count, total: entries.count))
        return records
    }

    private func records(of entry: ShapeEntry, number: Int, clicks: Int) throws -> [ExistenceRecord] {
        let labelled = try data.shape(entry)
        let shape = try EvaluationShape(labelled, normalisation: bench.settings.normalisation)
        var generator = SeededGenerator(seed: options.seed ^ 0xE_1157, stream: UInt64(number))
        let parts = shape.partNames.filter { (0.005...0.5).contains(shape.vertexShare(of: $0)) }
        guard !parts.isEmpty else { return [] }
        let part = parts[generator.index(below: parts.count)]
        let whole = try TargetMesh(shape, segments: false, at: bench)
        let cut = try TargetMesh(
            EvaluationShape(labelled.without(part), normalisation: bench.settings.normalisation), segments: false, at: bench)
        let photos = try self.photos(of: shape, part: part, number: number, count: (clicks + 1) / 2)
        let worker = bench.singleThreaded
        return try bench.parallelism.map(photos.count) { index -> [ExistenceRecord] in
            let photo = photos[index]
            let prepared = try PreparedPhoto(photo.image, path: "photo", hash: "", at: worker)
            return try photo.clicks.flatMap { click in
                try [(whole, true), (cut, false)].map { target, exists in
                    try record(click, prepared, target, exists: exists, number: number << 16 + index, worker)
                }
            }
        }.flatMap { $0 }
    }

    /// Photos of a shape with clicks on one part only.
    private func photos(of shape: EvaluationShape, part: String, number: Int, count: Int) throws -> [EvaluationPhoto] {
        var studio = EvaluationStudio(size: RasterSize(options.photoSize), sampling: options.sampling, seed: options.seed ^ 0xE_2157)
        studio.part = part
        let subject = try PhotoSubject(mesh: shape.prepared.scene.mesh)
        let fixed = studio
        return try bench.parallelism.map(count) { try fixed.photo(of: shape, subject: subject, number: number << 16 + $0) }.compactMap {
            $0
        }
    }

    private func record(
        _ click: LabelledClick, _ photo: PreparedPhoto, _ target: TargetMesh, exists: Bool, number: Int, _ bench: Workbench
    ) throws -> ExistenceRecord {
        let pixel = Pixel(x: click.x, y: click.y)
        let masks = try photo.masks(of: Click(pixel), at: bench)
        let photo = try photo.focused(on: masks.object, including: pixel, at: bench)
        let matcher = SegmentationBuddyMatcher(segmenter: bench.segmenter, options: bench.settings.matching, parallelism: bench.parallelism)
        let found = try matcher.match(
            photo.clicked(Click(pixel), masks: masks), to: target.field, eligible: target.shape.prepared.referenced)
        var nearestIoU: Float = 0
        if let nearest = found.candidates.first {
            let prompt = Prompt(points: [Prompt.Point(nearest.pixel.center)])
            let answer = try bench.segmenter.masks(for: [prompt], in: photo.embedding)[0]
            nearestIoU = answer.mask(bench.settings.matching.partLevel).intersectionOverUnion(masks.part)
        }
        return ExistenceRecord(
            photo: number, shape: target.shape.entry.name, part: click.part, exists: exists,
            bestIoU: SampleJudge.rounded(Double(found.candidates.compactMap(\.iou).max() ?? 0)),
            nearestIoU: SampleJudge.rounded(Double(nearestIoU)),
            qualifyingShare: SampleJudge.rounded(Double(found.counts.qualified) / Double(max(1, found.candidates.count))),
            similarity: SampleJudge.rounded(Double(found.candidates.first?.similarity ?? -1)))
    }
}

extension LabelledShape {
    /// The shape without the faces of a part; vertices and the numbers of the other faces stay.
    func without(_ part: String) -> LabelledShape {
        var shape = self
        let keep = mesh.fileFace.map { face in
            let number = labels.perFace[Int(face)]
            return number < 0 || labels.names[number] != part
        }
        shape.mesh.faces = zip(mesh.faces, keep).filter(\.1).map(\.0)
        shape.mesh.fileFace = zip(mesh.fileFace, keep).filter(\.1).map(\.0)
        shape.hash = ContentHash(of: Array("\(hash) without \(part)".utf8)).hex
        return shape
    }
}

/// `existence.json`.
public struct ExistenceSummary: Sendable, Codable {
    /// The version of this schema.
    public var schema = 1
    /// The command that made it.
    public var command: String
    /// The feature extractor and the segmenter.
    public var models: [ModelIdentity]
    /// How many shapes were cut.
    public var shapes: Int
    /// Clicks, each of which was answered on the whole mesh and on the mesh without the part.
    public var clicks: Int
    /// Mean IoU of the best qualifying candidate, and of the most similar vertex whether it qualifies or not.
    public var bestIoUWith: Estimate?
    /// The same without the part.
    public var bestIoUWithout: Estimate?
    /// Mean IoU at the most similar vertex, qualified or not, with the part.
    public var nearestIoUWith: Estimate?
    /// The same without the part.
    public var nearestIoUWithout: Estimate?
    /// The share of clicks for which some candidate qualifies: the paper's rule.
    public var answeredWith: Estimate?
    /// The same without the part.
    public var answeredWithout: Estimate?
    /// How well each score tells the two kinds apart: `bestIoU`, `nearestIoU`, `qualifyingShare`, `similarity`.
    public var curves: [String: ROCCurve]
    /// Seconds that the run took.
    public var seconds: Double

    /// The summary of records.
    public init(of records: [ExistenceRecord], bench: Workbench, command: String, seconds: Double) {
        self.command = command
        self.seconds = seconds
        models = [bench.extractor.identity, bench.segmenter.identity]
        shapes = Set(records.map(\.shape)).count
        clicks = records.count { $0.exists }
        func mean(_ exists: Bool, _ value: (ExistenceRecord) -> Double) -> Estimate? {
            let chosen = records.filter { $0.exists == exists }
            return Bootstrap().mean(of: chosen.map(value), clusters: chosen.map(\.photo))
        }
        (bestIoUWith, bestIoUWithout) = (mean(true, \.bestIoU), mean(false, \.bestIoU))
        (nearestIoUWith, nearestIoUWithout) = (mean(true, \.nearestIoU), mean(false, \.nearestIoU))
        (answeredWith, answeredWithout) = (mean(true) { $0.qualifyingShare > 0 ? 1 : 0 }, mean(false) { $0.qualifyingShare > 0 ? 1 : 0 })
        let scores: [(String, (ExistenceRecord) -> Double)] = [
            ("bestIoU", \.bestIoU), ("nearestIoU", \.nearestIoU), ("qualifyingShare", \.qualifyingShare), ("similarity", \.similarity),
        ]
        curves = [:]
        for (name, score) in scores {
            curves[name] = ROCCurve(
                existing: records.filter(\.exists).map(score), missing: records.filter { !$0.exists }.map(score))
        }
    }

    /// A short table for a terminal.
    public var table: String {
        func cell(_ estimate: Estimate?) -> String {
            guard let estimate else { return "-" }
            let digits = EvaluationSummary.fixed
            return "\(digits(estimate.mean)) [\(digits(estimate.low)), \(digits(estimate.high))]"
        }
        var lines = ["\(clicks) clicks on \(shapes) shapes, each with and without the clicked part"]
        lines.append("IoU of the best qualifying candidate: \(cell(bestIoUWith)) with, \(cell(bestIoUWithout)) without")
        lines.append("IoU at the most similar vertex:       \(cell(nearestIoUWith)) with, \(cell(nearestIoUWithout)) without")
        lines.append("Some candidate qualifies:             \(cell(answeredWith)) with, \(cell(answeredWithout)) without")
        for (name, curve) in curves.sorted(by: { $0.key < $1.key }) {
            lines.append("Area under the curve by \(name): \(EvaluationSummary.fixed(curve.area))")
        }
        return lines.joined(separator: "\n")
    }
}

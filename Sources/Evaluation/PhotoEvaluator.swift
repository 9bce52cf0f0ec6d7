import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench

/// Measures how often clicks in real photos are answered on the right part of the meshes of their category.
package struct PhotoEvaluator: LabelledExperiment {
    package static let name = "photos"
    package static let stage = "Evaluating"

    package let ground: Subjects
    private let clicks: PhotoClicks
    private let options: EvaluationOptions

    /// An evaluation of clicks on shapes.
    package init(_ ground: Subjects, clicks: PhotoClicks, options: EvaluationOptions) {
        (self.ground, self.clicks, self.options) = (ground, clicks, options)
    }

    package var choices: [any Encodable & Sendable] { [clicks, options.segments] }

    /// The photos of each shape's category.
    ///
    /// Throws `Failure` if there is none; jobs do if a photo cannot be read, or a click is outside it.
    package func jobs(skipping skips: SkippedShapes) throws -> [Job<String, SampleRecord>] {
        var firstSample = 0
        let jobs = ground.entries.compactMap { target -> Job<String, SampleRecord>? in
            let photos = clicks.photos.indices.filter { clicks.photos[$0].category == target.category }
            let offsets = photos.reduce(into: [firstSample]) { $0.append($0.last! + clicks.photos[$1].clicks.count) }
            firstSample = offsets.last!
            return photos.isEmpty ? nil : Job([target.name]) { _ in try records(of: photos, offsets, on: target, skips) }
        }
        guard !jobs.isEmpty else {
            throw Failure(.usage, "planning the evaluation", reason: "no photo is of a category of the chosen shapes")
        }
        return jobs
    }

    package func unit(of record: SampleRecord) -> String { record.target }

    /// Answers every click of photos, the first of which have the sample numbers `offsets`.
    private func records(of photos: [Int], _ offsets: [Int], on target: ShapeEntry, _ skips: SkippedShapes) throws -> [SampleRecord] {
        guard let mesh = try skips.using(target, { try ground.target(target, segments: options.segments) }) else { return [] }
        let judge = SampleJudge(target: mesh, options: options, bench: bench.singleThreaded)
        return try bench.parallelism.map(photos.count) { index -> [SampleRecord] in
            let photo = clicks.photos[photos[index]]
            let picture = EvaluationPhoto(image: try Image(contentsOf: photo.image), clicks: photo.clicks, camera: nil, partMasks: [])
            return try judge.records(
                of: picture, clicks: photo.clicks.count, number: photos[index], source: photo.image, firstSample: offsets[index])
        }.flatMap { $0 }
    }

    /// The scores of all methods.
    package func summary(of records: [SampleRecord]) -> Summary {
        var options = options
        options.samples = records.count
        return Summary(of: records, options: options)
    }
}

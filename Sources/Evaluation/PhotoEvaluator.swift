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

    package var choices: [any Encodable] { [clicks, options.segments] }

    /// A mesh, and the photos that are answered on it.
    package struct Job {
        var target: ShapeEntry
        var photos: [Int]
        var firstSample: Int
    }

    /// Every shape of a photo's category.
    ///
    /// Throws `Failure` if there is none.
    package func jobs(skipping skips: SkippedShapes) throws -> [(job: Job, units: [String])] {
        var firstSample = 0
        let jobs = ground.entries.compactMap { target -> (job: Job, units: [String])? in
            let photos = clicks.photos.indices.filter { clicks.photos[$0].category == target.category }
            let job = Job(target: target, photos: photos, firstSample: firstSample)
            firstSample += photos.reduce(0) { $0 + clicks.photos[$1].clicks.count }
            return photos.isEmpty ? nil : (job, [target.name])
        }
        guard !jobs.isEmpty else {
            throw Failure(.usage, "planning the evaluation", reason: "no photo is of a category of the chosen shapes")
        }
        return jobs
    }

    package func unit(of record: SampleRecord) -> String { record.target }

    /// Answers every click of the job's photos.
    ///
    /// Throws `Failure` if a photo cannot be read, or a click is outside it.
    package func records(of job: Job, except finished: Set<String>, skipping skips: SkippedShapes) throws -> [SampleRecord] {
        guard let mesh = try skips.using(job.target, { try ground.target(job.target, segments: options.segments) }) else { return [] }
        let judge = SampleJudge(target: mesh, options: options, bench: bench.singleThreaded)
        let offsets = job.photos.reduce(into: [job.firstSample]) { $0.append($0.last! + clicks.photos[$1].clicks.count) }
        return try bench.parallelism.map(job.photos.count) { index -> [SampleRecord] in
            let photo = clicks.photos[job.photos[index]]
            let picture = EvaluationPhoto(image: try Image(contentsOf: photo.image), clicks: photo.clicks, camera: nil, partMasks: [])
            return try judge.records(
                of: picture, clicks: photo.clicks.count, number: job.photos[index], source: photo.image, firstSample: offsets[index])
        }.flatMap { $0 }
    }

    /// The scores of all methods.
    package func summary(of records: [SampleRecord]) -> EvaluationSummary {
        var options = options
        options.samples = records.count
        return Summarizer().summary(of: records, options: options)
    }
}

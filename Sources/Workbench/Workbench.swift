import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBShapes
import Synchronization

/// Everything that questions are answered with: models, settings, cache, memory and threads; and of the question at hand, where to report
/// to and whether it still stands.
///
/// It is a value: ``asking(_:progress:cancellation:)`` gives one for a question, which shares the models, the cache and the memory.
public struct Workbench: Sendable {
    /// Turns pictures into features.
    package var extractor: any FeatureExtractor
    /// Turns clicks into masks.
    package var segmenter: any PromptSegmenter
    private var head: ObjectHead?
    /// How their evidence becomes probabilities, where that is known.
    package var calibrations: CalibrationTable
    /// Everything that decides a result but the inputs and the models.
    public var settings: Settings
    /// Where results are kept for the next run.
    public var cache: CacheDirectory
    /// Where results are kept for the next question.
    public var memory: BoundedMemory
    /// How much may be made of a mesh file.
    package var meshReading = MeshReadingOptions()
    /// The threads to work with.
    package var parallelism: Parallelism
    /// Called from any thread.
    public var progress: @Sendable (ProgressUpdate) -> Void
    /// Whether the question still stands.
    package private(set) var cancellation = Cancellation()
    /// The work done for the question.
    private(set) var tally = Tally()

    /// The memory that a workbench has unless told otherwise: 1 GiB.
    public static let usualMemory = 1 << 30

    /// A workbench with models and the given parts.
    package init(
        _ models: ModelPair, settings: Settings = Settings(),
        cache: CacheDirectory = CacheDirectory(path: nil), memory: BoundedMemory = BoundedMemory(limit: usualMemory),
        parallelism: Parallelism = Parallelism(), progress: @escaping @Sendable (ProgressUpdate) -> Void = { _ in }
    ) {
        (extractor, segmenter, head) = (models.extractor, models.segmenter, models.objectHead)
        calibrations = models.calibrations
        self.settings = settings
        self.cache = cache
        self.memory = memory
        self.parallelism = parallelism
        self.progress = progress
    }

    /// A workbench with the models of a choice, by default the embedded ones, and the user's cache.
    ///
    /// Throws `Failure(.missingModel)` if a model or what runs it is not there.
    public init(
        models: ModelChoice = ModelChoice(), settings: Settings = Settings(),
        cache: CacheDirectory = CacheDirectory(path: CacheDirectory.defaultPath), memoryLimit: Int = usualMemory, threads: Int? = nil
    ) throws {
        self.init(
            try models.load(threads: threads), settings: settings, cache: cache, memory: BoundedMemory(limit: memoryLimit),
            parallelism: Parallelism(threads: threads))
    }

    /// The same workbench for one question.
    ///
    /// - Parameters:
    ///   - settings: other settings than the workbench's.
    ///   - progress: where the question's progress is told, called from any thread; by default where the workbench's is.
    ///   - cancellation: ends the work with `CancellationError` at the next step.
    package func asking(
        _ settings: Settings? = nil, progress: (@Sendable (ProgressUpdate) -> Void)? = nil, cancellation: Cancellation = Cancellation()
    ) -> Workbench {
        var bench = self
        bench.settings = settings ?? self.settings
        bench.progress = progress ?? self.progress
        bench.cancellation = cancellation
        bench.tally = Tally()
        bench.extractor = CancellableExtractor(base: extractor, cancellation: cancellation)
        bench.segmenter = CancellableSegmenter(base: segmenter, cancellation: cancellation)
        return bench
    }

    /// Makes the mask of a clicked object of what both models say, where there is such a head for just these two.
    package var objectHead: ObjectHead? {
        get { head.flatMap { $0.belongs(to: extractor.identity, segmenter.identity) ? $0 : nil } }
        set { head = newValue }
    }

    /// Views that were run through the feature extractor for the question so far.
    package var viewsExtracted: Int { tally.featureViews.load(ordering: .relaxed) }

    /// Views that the segmenter embedded for the question so far.
    package var viewsEmbedded: Int { tally.segmenterViews.load(ordering: .relaxed) }

    /// The same workbench with a count of its own, for one question.
    package func counting() -> Workbench {
        var bench = self
        bench.tally = Tally()
        return bench
    }

    /// What sees photos, after the settings.
    ///
    /// Throws `Failure(.badInput)` if the extractor takes one size only and several are asked for.
    var photoExtractor: any FeatureExtractor {
        get throws { try looking(isMirrored: settings.mirrorsPhoto) ?? extractor.interpolatingAsPublished }
    }

    /// What sees views of the mesh, after the settings.
    ///
    /// Throws like `photoExtractor`.
    package var viewExtractor: any FeatureExtractor {
        get throws { try looking(isMirrored: settings.mirrorsViews) ?? extractor }
    }

    private func looking(isMirrored: Bool) throws -> (any FeatureExtractor)? {
        guard isMirrored || settings.featureScales != [1] else { return nil }
        return try AugmentedFeatureExtractor(extractor, isMirrored: isMirrored, scales: settings.featureScales)
    }

    /// Runs `count` steps of a stage on all threads, reporting after each; results are in order.
    ///
    /// Throws what `body` throws, and `CancellationError`.
    package func stage<T: Sendable>(_ name: String, _ count: Int, _ body: @Sendable (Int) throws -> T) throws -> [T] {
        let told = progress
        let counter = HeadwayCounter(total: count) { told(ProgressUpdate(stage: name, done: $0.done, total: $0.total)) }
        if count > 0 { told(ProgressUpdate(stage: name, done: 0, total: count)) }
        return try parallelism.map(count) { step in
            try cancellation.check()
            let result = try body(step)
            counter.finished()
            return result
        }
    }
}

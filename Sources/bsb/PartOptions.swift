import ArgumentParser
import BSBBackbones
import BSBInteractiveSegmentation
import BSBWorkbench

/// Options on how a part of the mesh is found without a decoder.
struct LiftOptions: ParsableArguments, SettingsOptions {
    @Option(
        help: ArgumentHelp(
            "The most views that the segmenter is asked about for one part, without a decoder; fewer are quicker and rougher.",
            valueName: "count"))
    var liftViews = Settings().lifting.views

    func validate() throws {
        guard (1...100_000).contains(liftViews) else { throw ValidationError("--lift-views must be between 1 and 100000.") }
    }

    func apply(to settings: inout Settings) { settings.lifting.views = liftViews }
}

/// Options on what a part is, in photos and on meshes.
struct PartOptions: ParsableArguments, SettingsOptions {
    @Option(help: "Which of the segmenter's masks is the part.")
    var segmenterMask = MaskLevel.part

    @Option(help: "How parts are found: by a trained decoder, by lifting masks without training, or by whatever there is.")
    var segmenter: SegmenterKind?

    @OptionGroup var lift: LiftOptions

    @Option(help: "Where the probability of a vertex is cut: at one half, or where it separates best.")
    var threshold = Threshold.half

    @Flag(help: "Move the part's border into nearby creases and drop specks.")
    var cleanBorders = false

    @Flag(help: "Keep pieces of the part that do not hang together with the answer, such as a second handle.")
    var allPieces = false

    func apply(to settings: inout Settings) {
        (settings.matching.partLevel, settings.lifting.level) = (segmenterMask, segmenterMask)
        lift.apply(to: &settings)
        settings.threshold = threshold
        (settings.cleansBorders, settings.keepsAllPieces) = (cleanBorders, allPieces)
        if let segmenter { settings.segmenter = segmenter }
    }
}

/// Options on how a photo and a mesh are matched, in either direction.
struct MatchingRuleOptions: ParsableArguments, SettingsOptions {
    @Option(help: "Which of the segmenter's masks is the object.")
    var objectMask = MaskLevel.object

    @Option(
        help: """
            How much of the photo features are extracted from: all, as published, or the box around the object; by default the box, all with \
            the paper's preset.
            """)
    var photoArea: PhotoArea?

    @Option(
        name: .customLong("min-iou"), help: ArgumentHelp("Reject a correspondence whose parts overlap less than this.", valueName: "0...1"))
    var minIoU: Float = 0

    @Option(
        help: ArgumentHelp(
            """
            The least probability of the part being there for there to be an answer; it is known for the embedded models and usual \
            settings. By default 0.2 on a mesh and 0.1 in a photo.
            """, valueName: "0...1"))
    var minExistence: Double?

    @Flag(help: "Match as published: by the click's feature, the filter and the largest IoU alone.")
    var published = false

    func validate() throws {
        guard (0...1).contains(minIoU) else { throw ValidationError("--min-iou must be between 0 and 1.") }
        guard minExistence.map({ (0...1).contains($0) }) ?? true else { throw ValidationError("--min-existence must be between 0 and 1.") }
    }

    func apply(to settings: inout Settings) {
        if published { settings.matchAsPublished() }
        if let minExistence { (settings.matching.minimumExistence, settings.pixelMatching.minimumExistence) = (minExistence, minExistence) }
        (settings.matching.minimumIoU, settings.pixelMatching.minimumIoU) = (minIoU, minIoU)
        if let photoArea { settings.photoArea = photoArea }
        settings.objectLevel = objectMask
    }
}

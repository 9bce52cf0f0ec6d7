import ArgumentParser
import BSBEvaluation

/// `bsb evaluate reverse`: from meshes to photos, and there and back.
struct EvaluateReverse: MatchingCommand, FittingCommand {
    static let configuration = configured(
        "Measure how often vertices are found in photos, and whether clicks come back by way of a mesh.",
        "Example: bsb evaluate reverse --data labeled-meshes --split Training/split.csv --samples 400 --output reverse")

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions
    @OptionGroup(title: "Clicks") var clicks: ClickOptions

    @OptionGroup(title: "Output") var fitting: FitOptions

    func experiment() throws -> ReverseEvaluator {
        try fitting.check()
        let options = clicks.evaluation(seed: given.common.seed, clicksPerPhoto: SharedPhotoOptions.usualOfMany)
        return try ReverseEvaluator(Evaluator(open(), options: options))
    }
}

/// `bsb evaluate relate`: between real photos.
struct EvaluateRelate: MatchingCommand {
    static let configuration = configured(
        "Measure how often a click in a real photo finds its part in another, through meshes and without.",
        """
        Example: bsb evaluate relate --data labeled-meshes --categories Cup,Plier --clicks clicks.json --output relate
        The photos need masks of their parts, as Training/affordance_clicks.py --masks writes them.
        """)

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions

    @Option(help: ArgumentHelp("The photos, their clicks and the masks of their parts.", valueName: "json"))
    var clicks: String

    @Option(help: ArgumentHelp("Clicks in all.", valueName: "count"))
    var samples = 200

    @Option(help: ArgumentHelp("Clicks in the first photo of a pair.", valueName: "count"))
    var clicksPerPair = 4

    @Option(help: ArgumentHelp("Meshes of each category that vote.", valueName: "count"))
    var meshes = 3

    func validate() throws {
        guard (1...10_000_000).contains(samples) else { throw ValidationError("--samples must be between 1 and 10000000.") }
        guard (1...1000).contains(clicksPerPair) else { throw ValidationError("--clicks-per-pair must be between 1 and 1000.") }
        guard (1...1000).contains(meshes) else { throw ValidationError("--meshes must be between 1 and 1000.") }
    }

    func experiment() throws -> RelateEvaluator {
        var options = PhotoPairOptions()
        (options.samples, options.clicksPerPair, options.meshes, options.seed) = (samples, clicksPerPair, meshes, given.common.seed)
        return RelateEvaluator(try open(), clicks: try PhotoClicks(contentsOf: clicks), options: options)
    }
}

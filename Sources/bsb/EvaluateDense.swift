import ArgumentParser
import BSBEvaluation

/// `bsb evaluate dense`: pixel by pixel, how far from the true point.
struct EvaluateDense: MeasuringCommand {
    static let configuration = configured(
        "Measure how far from the true point of the mesh the point is that each pixel of a photo is given.",
        "Example: bsb evaluate dense --data labeled-meshes --split Training/split.csv --photos 60 --subject deformed --output dense")

    @OptionGroup var given: MeasurementOptions

    @Option(help: ArgumentHelp("Photos in all.", valueName: "count"))
    var photos = 60

    @Option(help: ArgumentHelp("Width and height of photos.", valueName: "pixels"))
    var photoSize = 320

    @Option(help: "What is photographed: the mesh itself, a stretched and bent copy, or another shape of the category (parts only).")
    var subject = DenseEvaluator.Subject.same

    @Flag(help: "Give the object's true mask, instead of the segmenter's at a click.")
    var trueMask = false

    @Flag(help: "Map each photo region by region too, as 'bsb map' does; takes several times as long.")
    var regions = false

    func validate() throws {
        guard (1...1_000_000).contains(photos) else { throw ValidationError("--photos must be between 1 and 1000000.") }
        guard (32...4096).contains(photoSize) else { throw ValidationError("--photo-size must be between 32 and 4096.") }
    }

    func experiment() throws -> DenseEvaluator {
        var options = EvaluationOptions()
        (options.samples, options.clicksPerPhoto, options.photoSize, options.seed) = (photos, 1, photoSize, given.common.seed)
        options.protocolKind = subject == .cross ? .cross : .same
        return DenseEvaluator(Evaluator(try open(), options: options), subject: subject, usesTrueMask: trueMask, hasRegions: regions)
    }
}

extension DenseEvaluator.Subject: ExpressibleByArgument {}

/// `bsb evaluate transfer`: labels from mesh to mesh.
struct EvaluateTransfer: MeasuringCommand {
    static let configuration = configured(
        "Measure how much of a mesh gets the right label from another mesh of its category.",
        "Example: bsb evaluate transfer --data labeled-meshes --split Training/split.csv --pairs 60 --output transfer")

    @OptionGroup var given: MeasurementOptions

    @Option(help: ArgumentHelp("Pairs of meshes in all.", valueName: "count"))
    var pairs = 60

    func validate() throws {
        guard (1...1_000_000).contains(pairs) else { throw ValidationError("--pairs must be between 1 and 1000000.") }
    }

    func experiment() throws -> TransferEvaluator {
        var options = EvaluationOptions()
        (options.protocolKind, options.samples, options.clicksPerPhoto, options.seed) = (.cross, pairs, 1, given.common.seed)
        return TransferEvaluator(Evaluator(try open(), options: options))
    }
}

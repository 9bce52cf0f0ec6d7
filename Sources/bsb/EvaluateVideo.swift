import ArgumentParser
import BSBEvaluation

/// `bsb evaluate video`: parts followed from frame to frame.
struct EvaluateVideo: MeasuringCommand {
    static let configuration = configured(
        "Measure how well the part of a click in the first frame of made-up films is found in the others.",
        """
        Example: bsb evaluate video --data labeled-meshes --split Training/split.csv --films 60 --output video
        The camera goes a quarter of a turn around the object; in two films of three it looks aside in the middle.
        """)

    @OptionGroup var given: MeasurementOptions

    @Option(help: ArgumentHelp("Films in all.", valueName: "count"))
    var films = 60

    @Option(help: ArgumentHelp("Frames of a film.", valueName: "count"))
    var frames = 12

    @Option(help: ArgumentHelp("Width and height of frames.", valueName: "pixels"))
    var photoSize = 320

    @Option(name: .customLong("protocol"), help: "Whose film is clicked: one of the mesh itself, or one of another shape of its category.")
    var protocolKind = EvaluationOptions.ProtocolKind.same

    @Flag(help: "Give the part's true mask in the first frame, instead of a click.")
    var trueMask = false

    func validate() throws {
        guard (1...1_000_000).contains(films) else { throw ValidationError("--films must be between 1 and 1000000.") }
        guard (2...1000).contains(frames) else { throw ValidationError("--frames must be between 2 and 1000.") }
        guard (32...4096).contains(photoSize) else { throw ValidationError("--photo-size must be between 32 and 4096.") }
    }

    func experiment() throws -> VideoEvaluator {
        var options = EvaluationOptions()
        (options.samples, options.clicksPerPhoto, options.photoSize, options.seed) = (films, 1, photoSize, given.common.seed)
        options.protocolKind = protocolKind
        return VideoEvaluator(Evaluator(try open(), options: options), frames: frames, usesTrueMask: trueMask)
    }
}

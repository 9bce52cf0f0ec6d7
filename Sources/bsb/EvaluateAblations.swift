import ArgumentParser
import BSBBasics
import BSBEvaluation

/// `bsb evaluate ablations`: the same clicks, answered by many variants of the method.
struct EvaluateAblations: MatchingCommand {
    static let configuration = configured(
        "Answer the same clicks by variants of the method.",
        "Example: bsb evaluate ablations --data labeled-meshes --split Training/split.csv --samples 204 --output ablations")

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions
    @OptionGroup(title: "Clicks") var clicks: ClickOptions

    @Option(help: ArgumentHelp("Only these variants, separated by commas; all but the slow networks by default.", valueName: "names"))
    var variants: String?

    @Flag(help: "Print the names of all variants and stop.")
    var list = false

    func run() throws {
        guard list else { return try publish() }
        let all = try choose(among: Ablation.all(from: given.settings))
        Terminal.result(all.map { "\($0.name): \($0.title)" }.joined(separator: "\n"))
    }

    func experiment() throws -> AblationEvaluator {
        let options = clicks.evaluation(seed: given.common.seed, clicksPerPhoto: SharedPhotoOptions.usualOfMany)
        return try AblationEvaluator(Evaluator(open(), options: options), variants: choose(among: Ablation.all(from: given.settings)))
    }

    /// The first variant, the settings of the preset, is what the others are compared with, so it is always there.
    private func choose(among all: [Ablation]) throws -> [Ablation] {
        guard let variants else { return all.filter { !["mlp", "mlp-linear"].contains($0.name) } }
        let names = try chosenNames(variants, among: all.map(\.name), "choosing variants") { "there is no variant '\($0)'" }
        return all.enumerated().filter { $0 == 0 || names.contains($1.name) }.map(\.element)
    }
}

import ArgumentParser
import BSBEvaluation
import BSBLibrary

/// `bsb evaluate labels`: from a few labelled shapes of each category to all others.
struct EvaluateLabels: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Measure how well the labels of a few shapes of each category are carried over to all others.",
        discussion: """
            Example: bsb evaluate labels --data labeled-meshes --library shelf --output labels
            Beside votes and the most similar vertex stand two ways that know geometry alone. Writes samples.jsonl, labels.json (with the IoU \
            of every part) and labels.md; a run that is cut short goes on where it was.
            """)

    @OptionGroup var given: MeasurementOptions

    @Option(help: ArgumentHelp("How many labelled shapes a category has, separated by commas.", valueName: "counts"))
    var sources = "1,3"

    @Option(help: ArgumentHelp("Take the features that a library keeps, where it has a shape.", valueName: "library"))
    var library: String?

    @Flag(help: "Take the noun in a file's name for its category, and not its folder: 0161-upper-cabinet.obj is a cabinet.")
    var byNoun = false

    /// The numbers of labelled shapes; nil if they are none.
    private var counts: [Int]? {
        let counts = sources.split(separator: ",").map { Int($0) ?? 0 }
        return counts.isEmpty || !counts.allSatisfy { (1...1000).contains($0) } ? nil : counts
    }

    func validate() throws {
        guard let counts, Set(counts).count == counts.count else {
            throw ValidationError("--sources must be different numbers between 1 and 1000, separated by commas.")
        }
    }

    func experiment() throws -> LabelSpreadEvaluator {
        var options = LabelSpreadEvaluator.Options()
        (options.sources, options.seed, options.groupsByNoun) = (counts ?? options.sources, given.common.seed, byNoun)
        return try LabelSpreadEvaluator(open(), options: options, library: library.map { try MeshLibrary(opening: $0) })
    }
}

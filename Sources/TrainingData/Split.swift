import ArgumentParser
import BSBBasics

/// Which subset of the labelled shapes is used.
enum Subset: String, ExpressibleByArgument, CaseIterable {
    case train, validation
}

struct Split: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose the shapes of each category that are kept for validation, and write them as a table.")

    @Option(help: "The folder of labelled meshes.") var labeled: String
    @Option(help: "The table to write: category, id, split.") var output: String
    @Option(help: "Shapes of each category kept for validation.") var validation = 3
    @Option(help: "The seed of the choice.") var seed: UInt64 = 7

    func run() throws {
        let entries = try LabeledMeshes(directory: labeled).entries
        var lines = ["category,id,split"]
        for (index, category) in Set(entries.map(\.category)).sorted().enumerated() {
            var generator = SeededGenerator(seed: seed, stream: UInt64(index))
            let ids = entries.filter { $0.category == category }.map(\.id)
            let held = Set(ids.shuffled(using: &generator).prefix(max(0, validation)))
            lines += ids.map { "\(category),\($0),\(held.contains($0) ? Subset.validation.rawValue : Subset.train.rawValue)" }
        }
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: output, operation: "writing the split")
    }

    /// The entries that a table puts in a subset.
    static func entries(of subset: Subset, in path: String) throws -> Set<LabeledMeshes.Entry> {
        let rows = try CommaTable.rows(of: path).filter { $0.count >= 3 && $0[2] == subset.rawValue }
        return Set(rows.map { LabeledMeshes.Entry(category: $0[0], id: $0[1]) })
    }
}

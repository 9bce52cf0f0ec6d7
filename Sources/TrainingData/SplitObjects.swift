import ArgumentParser
import BSBBasics

struct SplitObjects: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Choose the objects that are kept for validation - whole groups, and a share of each other group - and write them as a table.")

    @Option(help: "The folder of objects.") var objects: String
    @Option(help: "The table to write: group, name, split.") var output: String
    @Option(parsing: .upToNextOption, help: "Groups kept for validation as a whole.") var whole: [String] = []
    @Option(help: "One in how many objects of the other groups is kept.") var oneIn = 5
    @Option(help: "The seed of the choice.") var seed: UInt64 = 7

    func validate() throws {
        guard oneIn >= 2 else { throw ValidationError("--one-in must be at least 2.") }
    }

    func run() throws {
        let all = try ObjectFolder.all(in: objects)
        let groups = Set(all.map(\.group)).sorted()
        if let unknown = whole.first(where: { !groups.contains($0) }) {
            throw Failure(
                .usage, "splitting objects", reason: "there is no group '\(unknown)'", hint: "there are \(groups.joined(separator: ", "))")
        }
        var lines = ["category,id,split"]
        for (index, group) in groups.enumerated() {
            var generator = SeededGenerator(seed: seed, stream: UInt64(index))
            let entries = all.filter { $0.group == group }
            let isLabelled = entries.map { ObjectFolder.isLabelled($0, in: objects) }
            // Objects with named parts are dealt out by themselves, so that as many of them are kept as of the others.
            let kept = [true, false].flatMap { kind -> [ObjectFolder.Entry] in
                let chosen = entries.indices.filter { isLabelled[$0] == kind }.map { entries[$0] }
                return Array(
                    chosen.shuffled(using: &generator).prefix(whole.contains(group) ? chosen.count : (chosen.count + oneIn - 1) / oneIn))
            }
            let held = Set(kept)
            lines += entries.map { "\(group),\($0.name),\((held.contains($0) ? Subset.validation : .train).rawValue)" }
        }
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: output, operation: "writing the split")
    }
}

import ArgumentParser
import BSBBasics
import BSBImages
import BSBTrainingSets

struct Sheet: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draw the first pictures of a set with their labels beside them, to look at.")

    @OptionGroup var sources: Sources
    @Option(help: "The PNG file to write.") var output: String
    @Option(help: "Pictures in a row.") var columns = 8

    func run() throws {
        let writer = try sources.writer(output: output + ".set")
        let examples = try sources.parallelism.map(sources.count) { try writer.example($0) }
        let (side, across) = (sources.size, max(1, columns))
        let rows = (examples.count + across - 1) / across
        var sheet = Image(width: 2 * side * across, height: side * rows, fill: .white)
        for (index, example) in examples.enumerated() {
            let (left, top) = (2 * side * (index % across), side * (index / across))
            for y in 0..<side {
                for x in 0..<side {
                    sheet[left + x, top + y] = example.image[x, y]
                    sheet[left + side + x, top + y] = Self.color(example.labels[y * side + x], example.instances[y * side + x])
                }
            }
        }
        try sheet.writePNG(to: output)
    }

    /// A colour for each class, varied by the instance.
    private static func color(_ label: UInt8, _ instance: UInt8) -> Color {
        guard label != TrainingExample.background else { return .white }
        var generator = SeededGenerator(seed: UInt64(label), stream: 3)
        let base = (0..<3).map { _ in 40 + generator.index(below: 170) }
        let shift = Int(instance) % 4 * 11
        return Color(UInt8(base[0] + shift), UInt8(base[1] + shift), UInt8(base[2] + shift))
    }
}

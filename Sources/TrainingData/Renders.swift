import ArgumentParser
import BSBBasics
import BSBExamples
import BSBImages
import BSBPhotography
import BSBShapes
import BSBTrainingSets
import Foundation

struct Sources: ParsableArguments {
    @Option(help: "The folder of labelled meshes.") var labeled: String
    @Option(help: "The table that splits them: category, id, split.") var split: String
    @Option(help: "Which of them to use. Validation shapes are not deformed, and no other shapes are drawn with them.") var subset = Subset
        .train
    @Option(help: "A folder of meshes without labels.") var everyday: String?
    @Option(
        parsing: .upToNextOption,
        help: "Folders of objects in their own colours, by group, with .labels.json and .regions.json where parts and borders are known.")
    var objects: [String] = []
    @Option(help: "The table that splits the objects: group, name, split. Those that it does not list are for training.")
    var objectsSplit: String?
    @Option(parsing: .upToNextOption, help: "Folders of photos for backdrops and textures.") var photos: [String] = []
    @Option(help: "The most photos to use.") var maximumPhotos = 700
    @Option(help: "The relative frequency of shapes whose parts have no names, where those with names from a data set have 0.7.")
    var unlabelled: Float = 0.2
    @Option(help: "The number of pictures.") var count = 4_000
    @Option(help: "The side of the pictures in pixels.") var size = 160
    @Option(help: "The seed of all choices.") var seed: UInt64 = 1
    @Option(help: "The number of threads.") var threads: Int?

    var parallelism: Parallelism { Parallelism(threads: threads) }

    func writer(output: String) throws -> TrainingSetWriter {
        let folder = try LabeledMeshes(directory: labeled)
        let chosen = try Split.entries(of: subset, in: split)
        let made = ExampleKind.allCases.flatMap { kind in
            kind.partNames.map { TrainingManifest.PartClass(category: kind.category, part: $0) }
        }
        let objects = try objects.map { try ObjectFolder(directory: $0, split: objectsSplit, subset: subset) }
        let named = try objects.flatMap { try $0.classes() }
        let classes = Set(try folder.classes() + made + named).sorted { ($0.category, $0.part) < ($1.category, $1.part) }
        let poses = try folder.poses()
        let entries = folder.entries.filter { chosen.contains($0) }
        var shapes = try parallelism.map(entries.count) { try folder.shape(entries[$0], classes: classes, poses: poses) }
        if subset == .train, let everyday { shapes += try self.everyday(everyday) }
        if subset == .train { shapes += try self.made(classes) }
        for folder in objects { shapes += try folder.shapes(classes: classes, parallelism: parallelism) }
        let pictures = try pictures()
        var options = TrainingSetWriter.Options()
        (options.count, options.size, options.seed) = (count, size, seed)
        options.mixture.unlabelled = unlabelled
        if subset == .validation { options.mixture.deformed = 0 }
        return try TrainingSetWriter(
            directory: output, material: TrainingMaterial(shapes: shapes, backdrops: pictures, textures: pictures), classes: classes,
            options: options, command: "TrainingData renders --subset \(subset.rawValue) --count \(count) --size \(size) --seed \(seed)")
    }

    /// Meshes of all kinds; the few that cannot be read, or are too large to be drawn quickly, are left out.
    private func everyday(_ directory: String) throws -> [TrainingShape] {
        let paths = try Folder.files(below: directory, extensions: ["obj", "off", "ply"])
        return parallelism.map(paths.count) { index -> TrainingShape? in
            guard let mesh = try? Mesh(contentsOf: paths[index]), mesh.faces.count <= 60_000 else { return nil }
            guard let normalised = try? Normalisation(of: mesh).applied(to: mesh) else { return nil }
            let name = paths[index].dropFirst(directory.count).drop { $0 == "/" }
            return try? TrainingShape(name: String(name), category: String(name.prefix { $0 != "/" }), mesh: normalised)
        }.compactMap { $0 }
    }

    /// Several instances of each kind of shape that this project makes up.
    private func made(_ classes: [TrainingManifest.PartClass]) throws -> [TrainingShape] {
        let (kinds, instances) = (ExampleKind.allCases, 6)
        return try parallelism.map(kinds.count * instances) { index in
            let kind = kinds[index / instances]
            // Far from the small seeds that the examples of the documentation use.
            let example = try ExampleShape(kind, seed: 1_000 + UInt64(index % instances), vertices: 5_000)
            let numbers = kind.partNames.map { UInt8(classes.firstIndex(of: .init(category: kind.category, part: $0)) ?? 254) }
            var shape = try TrainingShape(
                name: "made/\(kind.rawValue)-\(index % instances)", category: kind.category,
                mesh: try Normalisation(of: example.mesh).applied(to: example.mesh),
                faceClasses: example.partOfFace.map { numbers[Int($0)] }, viewDirection: [0, 0, -1])
            shape.isMade = true
            return shape
        }
    }

    private func pictures() throws -> [LinearImage] {
        var paths = try photos.flatMap { try Folder.files(below: $0, extensions: ["jpg", "jpeg", "png"]) }
        var generator = SeededGenerator(seed: seed, stream: 0xF070)
        paths.shuffle(using: &generator)
        let chosen = Array(paths.prefix(max(0, maximumPhotos)))
        return parallelism.map(chosen.count) { index -> LinearImage? in
            guard let image = try? Image(contentsOf: chosen[index]) else { return nil }
            return LinearImage(max(image.width, image.height) > 320 ? image.resized(longestSide: 320, filter: .bilinear) : image)
        }.compactMap { $0 }
    }
}

struct Renders: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw shapes, grey and as made-up photos, with the part and the surface point that each pixel shows.")

    @OptionGroup var sources: Sources
    @Option(help: "The folder to write; a run that was stopped goes on where it was.") var output: String

    func run() throws {
        let writer = try sources.writer(output: output)
        let meter = Meter()
        try writer.write(parallelism: sources.parallelism) { done, count in meter.report(done, of: count) }
        Console.note("")
    }
}

/// Tells how far the work is and how fast it goes.
private final class Meter: Sendable {
    private let start = Date()

    func report(_ done: Int, of count: Int) {
        let seconds = Date().timeIntervalSince(start)
        Console.note("\r\(done) of \(count) pictures, \(Int(seconds)) s", end: "")
    }
}

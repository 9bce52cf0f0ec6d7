import BSBBasics
import Foundation

/// What `manifest.json` of a training set holds.
package struct TrainingManifest: Codable, Hashable, Sendable {
    /// A part of a category; a label of the set is an index into the list of them.
    package struct PartClass: Codable, Hashable, Sendable {
        /// The kind of thing.
        package var category: String
        /// The name of the part.
        package var part: String

        /// A part of a category.
        package init(category: String, part: String) {
            self.category = category
            self.part = part
        }
    }

    /// A shape of the set.
    package struct Shape: Codable, Hashable, Sendable {
        /// The name of the shape.
        package var name: String
        /// The kind of thing.
        package var category: String
        /// Whether its parts are known.
        package var labelled: Bool
    }

    /// The version of the layout of the set.
    package var version = 1
    /// The seed of all choices.
    package var seed: UInt64
    /// The side of the pictures in pixels.
    package var size: Int
    /// The number of pictures.
    package var count: Int
    /// The number of pictures of a shard; the last may have fewer.
    package var shardSize: Int
    /// How often what is drawn.
    package var mixture: TrainingMixture
    /// What the labels mean.
    package var classes: [PartClass]
    /// What the shape indices mean.
    package var shapes: [Shape]
    /// The command that made the set.
    package var command: String
}

/// Writes a training set in shards, each complete or absent, and goes on where an earlier run was stopped.
package struct TrainingSetWriter: Sendable {
    /// How many pictures there are, and of what size.
    package struct Options: Hashable, Sendable {
        /// The number of pictures.
        package var count = 4_000
        /// The pictures' side in pixels, even.
        package var size = 160
        /// The number of pictures of a shard; the last may have fewer.
        package var shardSize = 2_048
        /// The seed of all choices.
        package var seed: UInt64 = 1
        /// How often what is drawn.
        package var mixture = TrainingMixture()

        /// The defaults.
        package init() {}
    }

    /// What the set is.
    package let manifest: TrainingManifest
    let studio: TrainingStudio
    private let directory: String

    /// A set to be written to `directory`.
    ///
    /// - Throws: `Failure` where the options make no sense or there are no shapes.
    package init(
        directory: String, material: TrainingMaterial, classes: [TrainingManifest.PartClass], options: Options, command: String
    ) throws {
        let operation = "making a training set"
        guard options.count > 0, options.size >= 16, options.size <= 2_048, options.size % 2 == 0 else {
            throw Failure(.usage, operation, reason: "it takes a positive count and an even size of 16 to 2048")
        }
        guard options.shardSize > 0, options.shardSize % TrainingStudio.run == 0 else {
            throw Failure(.usage, operation, reason: "the size of a shard must be a multiple of \(TrainingStudio.run)")
        }
        guard !material.shapes.isEmpty else { throw Failure(.missingInput, operation, reason: "there are no shapes to draw") }
        guard classes.count <= Int(TrainingExample.unlabelled) else {
            throw Failure(.badInput, operation, reason: "there are \(classes.count) classes of parts; labels have room for 254")
        }
        self.directory = directory
        manifest = TrainingManifest(
            seed: options.seed, size: options.size, count: options.count, shardSize: options.shardSize, mixture: options.mixture,
            classes: classes,
            shapes: material.shapes.map { .init(name: $0.name, category: $0.category, labelled: $0.faceClasses != nil) }, command: command)
        studio = try TrainingStudio(material: material, mixture: options.mixture, side: options.size, seed: options.seed)
    }

    /// The k-th picture of the set.
    package func example(_ index: Int) throws -> TrainingExample {
        try studio.examples(run: index / TrainingStudio.run)[index % TrainingStudio.run]
    }

    /// Writes all shards that are not there yet.
    ///
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Parameter progress: told of the pictures done so far, including those found, out of all.
    /// - Throws: `Failure` where the directory holds another set, or cannot be written.
    package func write(parallelism: Parallelism = Parallelism(), progress: @Sendable (Int, Int) -> Void = { _, _ in }) throws {
        try writeManifest()
        for (shard, start) in stride(from: 0, to: manifest.count, by: manifest.shardSize).enumerated() {
            let end = min(manifest.count, start + manifest.shardSize)
            let path = directory + "/shard-" + String(repeating: "0", count: max(0, 4 - String(shard).count)) + String(shard)
            if !isComplete(path, count: end - start) {
                try write(start..<end, to: path, parallelism: parallelism, progress: progress)
            }
            progress(end, manifest.count)
        }
    }

    /// Whether a shard is there with so many pictures; the last one of a shorter set has fewer.
    private func isComplete(_ path: String, count: Int) -> Bool {
        (try? NumPyArray(contentsOf: path + "/style.npy"))?.count == count
    }

    private func writeManifest() throws {
        let path = directory + "/manifest.json"
        if FileManager.default.fileExists(atPath: path) {
            var found = try? JSONDecoder().decode(TrainingManifest.self, from: AtomicFile.readFile(path))
            // A set may be made longer, and the command is no part of what it is.
            found?.count = manifest.count
            found?.command = manifest.command
            guard found == manifest else {
                throw Failure(
                    .usage, "resuming the training set", path: directory, reason: "it was made with other settings or shapes",
                    hint: "choose another directory or remove it")
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(encoder.encode(manifest), to: path, operation: "writing the training set")
    }

    private func write(
        _ range: Range<Int>, to path: String, parallelism: Parallelism, progress: @Sendable (Int, Int) -> Void
    ) throws {
        let shard = try ShardWriter(path: path, count: range.count, size: manifest.size)
        let firstRun = range.lowerBound / TrainingStudio.run
        let runs = (range.count + TrainingStudio.run - 1) / TrainingStudio.run
        // Runs take unequal times: many at a time keep all threads busy.
        let batch = 16 * parallelism.threads
        for start in stride(from: 0, to: runs, by: batch) {
            let examples = try parallelism.map(min(batch, runs - start)) { try studio.examples(run: firstRun + start + $0) }.flatMap { $0 }
            let room = range.count - start * TrainingStudio.run
            for example in examples.prefix(room) { try shard.append(example) }
            progress(range.lowerBound + start * TrainingStudio.run + min(room, examples.count), manifest.count)
        }
        try shard.finish()
    }
}

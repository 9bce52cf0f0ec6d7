import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBWorkbench
import Foundation

/// A line of a log: what came of one question.
package protocol LoggedRecord: Codable, Sendable {
    /// Its place in the log.
    var sample: Int { get }
}

/// What is done in one go: units, each of which is finished as a whole.
package struct Job<Unit: Hashable, Record> {
    /// A photo by its number, say, or a shape by its name.
    let units: [Unit]
    /// The records of those of them that are not finished yet.
    let records: ([Unit]) throws -> [Record]

    /// Units, and what makes the records of some of them.
    init(_ units: [Unit], _ records: @escaping ([Unit]) throws -> [Record]) { (self.units, self.records) = (units, records) }

    /// Many units, so many in one go.
    static func batches(of count: Int, _ units: [Unit], _ records: @escaping ([Unit]) throws -> [Record]) -> [Job] {
        stride(from: 0, to: units.count, by: count).map { Job(Array(units[$0..<min($0 + count, units.count)]), records) }
    }
}

/// A measurement that is made piece by piece, goes on where it was cut short, and ends in a summary.
package protocol Experiment: Sendable {
    associatedtype Record: LoggedRecord
    /// What is finished as a whole.
    associatedtype Unit: Hashable

    /// What it is called, in a word.
    static var name: String { get }
    /// What is being done, for those who wait.
    static var stage: String { get }
    /// What it works with.
    var bench: Workbench { get }
    /// What takes part, by name: shapes, or photos.
    var subjects: [String] { get }
    /// The models that decide the records.
    var models: [ModelIdentity] { get }
    /// What decides the records beside settings, models and subjects.
    var choices: [any Encodable & Sendable] { get }

    /// Everything that is to be done, in order.
    ///
    /// A shape that cannot be used is skipped by `skips`. Throws `Failure` if nothing can be done; jobs throw it where a model cannot be run.
    func jobs(skipping skips: SkippedShapes) throws -> [Job<Unit, Record>]

    /// The unit that a record is part of; its own number, unless something else is said.
    func unit(of record: Record) -> Unit

    /// What the records come to.
    func summary(of records: [Record]) -> Summary
}

extension Experiment {
    package var models: [ModelIdentity] { bench.models }

    /// Does what is not yet in `folder` and returns all records, in order, with the shapes that could not be used.
    ///
    /// Records depend neither on the number of threads nor on what was measured before. A shape that was skipped is tried again by the next
    /// run.
    /// - Throws: `Failure` if no shape can be used, a model cannot be run, or the folder is another measurement's.
    package func run(folder: String) throws -> Measured<Record> {
        let skips = SkippedShapes()
        let jobs = try jobs(skipping: skips)
        let skipFile = "\(folder)/skipped.json"
        var log = try SampleLog<Record>(folder: folder, description: description) { AnyHashable(unit(of: $0)) }
        let finished = Set(log.records.map(unit))
        let total = jobs.reduce(0) { $0 + $1.units.count }
        var done = 0
        for job in jobs {
            bench.progress(ProgressUpdate(stage: Self.stage, done: done, total: total))
            let left = job.units.filter { !finished.contains($0) }
            if !left.isEmpty { try log.add(job.records(left)) }
            done += job.units.count
        }
        bench.progress(ProgressUpdate(stage: Self.stage, done: total, total: total))
        if let first = skips.first, log.records.isEmpty {
            throw Failure(
                first.kind, first.operation, path: first.path,
                reason: "none of \(subjects.count) shapes can be used, and of this one: \(first.reason)", hint: first.hint)
        }
        let known =
            Folder.exists(skipFile) ? try JSONFile.decode([SkippedShape].self, from: skipFile, operation: "resuming the evaluation") : []
        let skipped = skips.rows(with: known)
        if skipped != known { try AtomicFile.write(try JSONText.data(skipped), to: skipFile, operation: "writing skipped shapes") }
        return Measured(records: log.records, skipped: skipped)
    }
}

extension Experiment where Unit == Int {
    package func unit(of record: Record) -> Int { record.sample }
}

/// An experiment on shapes of a data set.
package protocol LabelledExperiment: Experiment {
    /// The shapes that take part, and what it works with.
    var ground: Subjects { get }
}

extension LabelledExperiment {
    package var bench: Workbench { ground.bench }
    package var subjects: [String] { ground.entries.map(\.name) }
}

/// An experiment whose shapes are finished as a whole, one by one.
package protocol ShapeExperiment: LabelledExperiment where Unit == String {
    /// The records of a shape, the number of which is its place in the list. Throws `Failure`.
    func records(of entry: ShapeEntry, number: Int) throws -> [Record]
}

extension ShapeExperiment {
    package func jobs(skipping skips: SkippedShapes) throws -> [Job<String, Record>] {
        ground.entries.enumerated().map { number, entry in
            Job([entry.name]) { _ in try skips.using(entry) { try records(of: entry, number: number) } ?? [] }
        }
    }
}

/// What is measured on and with: shapes of a data set, and a workbench.
package struct Subjects: Sendable {
    /// The data set.
    package var data: any LabelledDataSet
    /// Its shapes that take part.
    package var entries: [ShapeEntry]
    /// The models and settings.
    package var bench: Workbench
    /// Features that are given, in place of those of the bench's extractor.
    private(set) var features: GivenFeatures?

    /// The shapes `entries` of a data set at a workbench.
    package init(_ data: any LabelledDataSet, _ entries: [ShapeEntry], at bench: Workbench, features: GivenFeatures? = nil) {
        (self.data, self.entries, self.features) = (data, entries, features)
        self.bench = features.map { bench.given($0) } ?? bench
    }

    /// A shape, ready to be photographed and judged by.
    func shape(_ entry: ShapeEntry) throws -> EvaluationShape { try EvaluationShape(data.shape(entry), settings: bench.settings) }

    /// A shape that is answered on, prepared with all threads.
    func target(_ entry: ShapeEntry, segments: Bool) throws -> EvaluationShape {
        let shape = try shape(entry)
        try features?.give(to: shape, at: bench)
        return try shape.prepared(segments: segments, at: bench)
    }
}

/// What a run gave.
package struct Measured<Record: Sendable>: Sendable {
    /// All records, in order.
    package var records: [Record]
    /// The shapes that could not be used, by name.
    package var skipped: [SkippedShape]
}

/// A shape that could not be used, and why.
package struct SkippedShape: Sendable, Hashable, Codable {
    /// Its name.
    package var shape: String
    /// What is wrong with it.
    package var reason: String
}

/// The shapes that a run cannot use.
package final class SkippedShapes: Sendable {
    private let failures = Guarded<[ShapeEntry: Failure]>([:])
    private let used = Guarded<Set<String>>([])

    /// What `body` makes of a shape, or nil if the shape's files are missing or damaged: now, or when they were last tried.
    ///
    /// Throws what `body` throws for other reasons.
    package func using<T>(_ shape: ShapeEntry, _ body: () throws -> T) throws -> T? {
        if failures.withLock({ $0[shape] != nil }) { return nil }
        do {
            let result = try body()
            used.withLock { _ = $0.insert(shape.name) }
            return result
        } catch let failure as Failure where failure.kind == .badInput || failure.kind == .missingInput {
            failures.withLock { $0[shape] = failure }
            return nil
        }
    }

    /// What is wrong with the first of them.
    var first: Failure? { failures.withLock { known in known.keys.min().flatMap { known[$0] } } }

    /// All of them, by shape, and those of `earlier` that were not tried again.
    func rows(with earlier: [SkippedShape] = []) -> [SkippedShape] {
        let rows = failures.withLock { $0 }.sorted { $0.key < $1.key }.map { SkippedShape(shape: $0.key.name, reason: "\($0.value)") }
        let tried = used.withLock { $0 }.union(rows.map(\.shape))
        return earlier.filter { !tried.contains($0.shape) } + rows
    }
}

extension Experiment {
    /// `run.json`: what decides the records.
    private var description: Facts {
        [
            "analysis": Self.name, "settings": bench.settings, "models": models,
            "calibrations": bench.calibrations.known(for: bench.models),
            "shapes": subjects, "choices": List(items: choices),
        ]
    }
}

/// Values of any kinds, one after the other.
private struct List: Encodable {
    var items: [any Encodable & Sendable]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for item in items { try container.encode(item) }
    }
}

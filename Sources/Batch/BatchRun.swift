import BSBBackbones
import BSBBasics
import BSBWorkbench
import Foundation
import Synchronization

/// Works through a manifest, or a share of it, mesh by mesh on all cores.
package struct BatchRun: Sendable {
    /// A share of a manifest's meshes.
    package struct Shard: Sendable, Hashable {
        /// Which, from 0.
        package var index: Int
        /// Of how many.
        package var count: Int

        /// All of it.
        package static let all = Shard(index: 0, count: 1)

        /// Share `index` of `count`.
        package init(index: Int, count: Int) {
            self.index = index
            self.count = count
        }

        func has(_ unit: Int) -> Bool { unit % count == index }
    }

    /// What a run did.
    package struct Summary: Codable, Sendable {
        /// Meshes of the share, done now or before.
        package var meshes = 0
        /// Rows answered now, with a part or without.
        package var answered = 0
        /// Rows that were done before.
        package var known = 0
        /// Of all rows of the share, how many have a part.
        package var found = 0
        /// Of all rows of the share, how many have none.
        package var none = 0
        /// Of all rows of the share and unusable lines, how many are errors.
        package var errors = 0
        /// Whether all shares are done, so that `results.jsonl` is there.
        package var isComplete = false
        /// The models that were used.
        package var models: [ModelIdentity] = []
        /// Everything else that decides the results.
        package var settings = Settings()
        /// The time it took.
        package var seconds = 0.0

        /// Counts the rows of a mesh by their codes.
        mutating func add(_ codes: [Int32], isKnown: Bool) {
            if isKnown { known += codes.count } else { answered += codes.count(where: BatchLine.isAnswer) }
            found += codes.count { $0 == 0 }
            none += codes.count { $0 == 2 }
            errors += codes.count { !BatchLine.isAnswer($0) }
        }
    }

    private let manifest: BatchManifest
    private let answering: BatchAnswering
    private let ledger: BatchLedger
    /// Whether a row's error is written as its line, instead of ending the run.
    package var keepsGoing = false
    /// Whether rows that ended in an error before are tried again.
    package var retries = false
    /// Told after each row.
    package var progress: @Sendable (Headway) -> Void = { _ in }

    /// A run at a workbench whose results go into the folder `output`.
    ///
    /// Throws `Failure(.internal)` for settings that have no JSON.
    package init(_ manifest: BatchManifest, at bench: Workbench, options: BatchAnswering.Options, output: String) throws {
        var options = options
        options.output = output
        self.manifest = manifest
        answering = BatchAnswering(at: bench, folder: manifest.folder, options: options)
        ledger = try BatchLedger(manifest, in: output, at: bench, options: options)
    }

    /// Answers the rows of a share that are not answered yet, and joins the results when all shares are.
    ///
    /// - Throws: `Failure` if results cannot be written, and the first row's unless the run keeps going.
    /// - Complexity: memory is bounded by the workbench's and by what one mesh for each thread needs.
    package func run(_ shard: Shard) throws -> Summary {
        let units = manifest.units.indices.filter(shard.has)
        if let line = manifest.unusable.first, !keepsGoing { throw stopping(BatchLine(line), line.line) }
        let start = ContinuousClock.now
        let counter = HeadwayCounter(total: units.reduce(0) { $0 + manifest.units[$1].rows.count }, progress)
        let stopped = Atomic(false)
        // With fewer meshes than threads, the threads work within a mesh.
        let bench = answering.bench
        let side = units.count < bench.parallelism.threads ? Parallelism(threads: 1) : bench.parallelism
        let done = try side.map(units.count) { index throws -> (codes: [Int32], isKnown: Bool)? in
            guard !stopped.load(ordering: .relaxed) else { return nil }
            if let known = ledger.lines(units[index], isRetrying: retries) {
                counter.finished(manifest.units[units[index]].rows.count)
                return (BatchLine.codes(known), true)
            }
            do {
                let lines = try self.lines(of: manifest.units[units[index]], counter)
                try ledger.write(lines, units[index])
                return (BatchLine.codes(lines), false)
            } catch {
                stopped.store(true, ordering: .relaxed)
                throw error
            }
        }
        var summary = Summary()
        for (codes, isKnown) in done.compactMap({ $0 }) { summary.add(codes, isKnown: isKnown) }
        if shard.index == 0 { summary.errors += manifest.unusable.count }
        (summary.meshes, summary.models) = (units.count, bench.models)
        summary.settings = bench.effectiveSettings
        summary.isComplete = try ledger.join()
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        return summary
    }

    /// The lines of a mesh's rows; the mesh is opened when the first row needs it, and let go afterwards.
    private func lines(of unit: BatchManifest.Unit, _ counter: HeadwayCounter) throws -> Data {
        var mesh: OpenMesh?
        var broken: (any Error)?
        var lines = Data()
        for row in unit.rows {
            var line: BatchLine
            do {
                line = try answering.answer(row) { bench in
                    if let broken { throw broken }
                    if let mesh { return mesh }
                    do {
                        let opened = try OpenMesh(contentsOf: answering.resolved(unit.mesh), at: bench)
                        mesh = opened
                        return opened
                    } catch {
                        broken = error
                        throw error
                    }
                }
            } catch {
                line = BatchLine(row, error)
                if !keepsGoing { throw stopping(line, row.line) }
            }
            lines += try JSONText.line(line)
            counter.finished()
        }
        return lines
    }

    /// What ends a run that is not to keep going.
    private func stopping(_ line: BatchLine, _ number: Int) -> Failure {
        let kind = Failure.Kind.allCases.first { $0.exitCode == line.code } ?? .internal
        return Failure(
            kind, "answering line \(number) of the manifest", reason: line.error ?? "",
            hint: "give --keep-going to note such rows and go on")
    }
}

import ArgumentParser
import BSBBasics
import Foundation

/// Measurements of the parts that decide how long a user waits, each beside a naive way to the same result in the same run.
///
/// Quote the ratios and the work counts: seconds depend on the machine.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure views, models, lifting, matching and a whole click, each beside a naive way to the same result.",
        discussion: "swift run -c release Benchmarks [views] [models] [lifting] [solver] [matching] [click] [warm]")

    /// What can be measured.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case views, models, lifting, solver, matching, click, warm
    }

    @Argument(help: "What to measure; everything by default.")
    var subjects: [Subject] = Subject.allCases

    @Option(help: "How often each is repeated; the median is printed.")
    var runs = 5

    func validate() throws {
        guard runs >= 1 else { throw ValidationError("--runs must be at least 1.") }
    }

    func run() throws {
        print("Medians of \(runs) runs on \(Parallelism().threads) threads.\n")
        print("| what | ours | naive | naive / ours | work |")
        print("| --- | --- | --- | --- | --- |")
        for subject in subjects {
            switch subject {
            case .views: try ViewsBenchmark().run(runs)
            case .models: try ModelsBenchmark().run(runs)
            case .lifting: try LiftingBenchmark().run(runs)
            case .solver: try SolverBenchmark().run(runs)
            case .matching: try MatchingBenchmark().run(runs)
            case .click: try ClickBenchmark().run(runs)
            case .warm: try WarmClickBenchmark().run()
            }
        }
    }
}

/// A count in millions, for tables.
func millions(_ count: Int) -> String { String(format: "%.1f", Double(count) / 1e6) }

/// Two ways to one result, timed in turn.
struct Comparison {
    var name: String
    var ours: () throws -> Void
    var naive: () throws -> Void
    /// The naive way may be run on a share of the work only; its time is divided by it.
    var naiveShare = 1.0
    var work: String

    /// Prints a row of the table with the medians over `runs` interleaved runs.
    func run(_ runs: Int) throws {
        var (a, b): ([Double], [Double]) = ([], [])
        for _ in 0..<runs {
            a.append(try Self.seconds(ours))
            b.append(try Self.seconds(naive) / naiveShare)
        }
        let (ours, naive) = (Self.median(a), Self.median(b))
        print(String(format: "| %@ | %.3f s | %.3f s | %.1f | %@ |", name, ours, naive, naive / ours, work))
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

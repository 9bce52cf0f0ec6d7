import ArgumentParser
import BSBBasics
import Foundation

/// Makes the data that the embedded models are trained on.
@main
struct TrainingData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TrainingData", abstract: "Make the data that the embedded models are trained on.",
        subcommands: [Renders.self, Split.self, SplitObjects.self, Sheet.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            Console.note("error: \(failure)")
            Foundation.exit(failure.kind.exitCode)
        } catch {
            exit(withError: error)
        }
    }
}

/// Lines on the standard error stream.
enum Console {
    static func note(_ line: String, end: String = "\n") { FileHandle.standardError.write(Data((line + end).utf8)) }
}

import ArgumentParser
import BSBBasics
import Foundation

/// The root command.
struct BSB: ParsableCommand {
    /// The program's version.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "bsb",
        abstract: "Finds, for a spot clicked in a photo, the part of an untextured 3D mesh that means the same thing.",
        discussion: """
            Exit codes: 0 found or done, 2 no correspondence, 64 usage, 65 bad input, 66 missing input, 69 missing model, 70 internal.
            Results go to standard output, progress and messages to standard error.
            """,
        version: version,
        subcommands: [
            Match.self, Batch.self, LibraryCommand.self, StudioCommand.self, Locate.self, MapCommand.self, Relate.self, Transfer.self,
            Texture.self,
            Segment.self, Train.self,
            Distill.self,
            Inspect.self,
            Render.self, SegmentImage.self, Example.self, Evaluate.self, Models.self, Cache.self,
            Serve.self,
        ])
}

@main
enum Main {
    static func main() {
        Terminal.holdStreams()
        do {
            var command = try BSB.parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            Terminal.message("bsb: \(failure)")
            exit(failure.kind.exitCode)
        } catch {
            BSB.exit(withError: error)
        }
    }
}

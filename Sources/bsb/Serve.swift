import ArgumentParser
import BSBBasics
import BSBPiping
import BSBServing
import BSBWorkbench
import Foundation

/// `bsb serve`: one warm program for another one.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer the questions of another program, with photos and meshes kept open.",
        discussion: """
            Example: bsb serve --stdio
            The Python package and the Blender add-on run it. Questions are lines of JSON with arrays beside; docs/stdio.md is the protocol.
            It ends when its standard input ends.
            """)

    @Flag(help: "Take questions from standard input and answer them on standard output.")
    var stdio = false

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard stdio else { throw ValidationError("Give --stdio: there is no other way to ask.") }
    }

    func run() throws {
        let bench = try common.workbench(
            common.settings(models.preset, meshOptions), choice: models.choice, limit: meshOptions.limit)
        let service = try Service(bench, version: BSB.configuration.version, limits: PipeHost.limits)
        try PipeHost(service, writer: PipeWriter(descriptor: STDOUT_FILENO)).run(PipeReader(descriptor: STDIN_FILENO))
        service.close()
        // Without waiting for work that nobody wants any more, which is not to meet libraries that are being taken down.
        _exit(0)
    }
}

import ArgumentParser
import BSBExamples
import BSBResults

/// `bsb example`: a mesh and a photo-like picture of another instance of its kind, made from nothing.
struct Example: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an example: a mesh, and a photo-like picture of another instance of its kind with a click.",
        discussion: "Writes mesh.obj (named parts as groups), photo.png, click.txt and example.json.")

    @Argument(help: "What to make.")
    var kind: ExampleKind

    @Option(help: ArgumentHelp("Where to write the files.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("The part to click; the kind's most telling one by default.", valueName: "name"))
    var part: String?

    @Option(help: ArgumentHelp("The seed of both instances.", valueName: "number"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("The photo's width in pixels; its height is three quarters of it.", valueName: "pixels"))
    var width = 640

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        guard (64...4096).contains(width) else { throw ValidationError("--width must be between 64 and 4096.") }
    }

    func run() throws {
        try checkOutput(output)
        let document = try ExampleJob(kind: kind, part: part, seed: seed, width: width).run(output: output)
        if json {
            try Terminal.result(json: document)
        } else {
            Terminal.result("\(document.kind): click \(document.part) at \(document.click[0]),\(document.click[1]) of \(output)/photo.png.")
        }
    }
}

extension ExampleKind: ExpressibleByArgument {}

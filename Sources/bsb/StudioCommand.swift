import ArgumentParser
import BSBBasics
import BSBServing
import BSBStudio
import BSBWorkbench
import Foundation

/// `bsb studio`: click in a browser.
struct StudioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Open a page in the browser where photos are clicked and parts light up on the mesh.",
        discussion: """
            Example: bsb studio --image mug.jpg --mesh cup.obj
            Without arguments the page offers the built-in examples. It is reached from this machine alone unless --listen says otherwise; then \
            the printed address holds a token that every request must carry. Ctrl-C ends it. docs/api.md says what it answers to.
            """)

    @Option(help: ArgumentHelp("A photo to open at once.", valueName: "file"))
    var image: String?

    @Option(help: ArgumentHelp("A mesh to open at once.", valueName: "file"))
    var mesh: String?

    @Option(help: ArgumentHelp("The port to listen at; 0 for any that is free.", valueName: "number"))
    var port = StudioOptions.usualPort

    @Flag(help: "Open no browser.")
    var noOpen = false

    @Option(help: ArgumentHelp("A folder from which the page may open files; may be given several times.", valueName: "folder"))
    var root: [String] = []

    @Option(help: ArgumentHelp("An address of this machine at which others may reach it, such as 0.0.0.0.", valueName: "address"))
    var listen: String?

    @Option(help: ArgumentHelp("The most megabytes of a file that is opened.", valueName: "count"))
    var maxUpload = ServiceLimits().uploadBytes >> 20

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (1...65_536).contains(maxUpload) else { throw ValidationError("--max-upload must be between 1 and 65536.") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65535.") }
    }

    func run() throws {
        let folders = try GivenFolders(root)
        let bench = try common.workbench(
            common.settings(models.preset, meshOptions), choice: models.choice, limit: meshOptions.limit)
        var limits = ServiceLimits()
        limits.uploadBytes = maxUpload << 20
        let service = try Service(bench, version: BSB.version, folders: folders, limits: limits)
        let options = StudioOptions(listen: listen, port: port)
        let (image, mesh, noOpen, isJSON) = (image, mesh, noOpen, common.json)
        try Waiting.run {
            defer { service.close() }
            let server = try StudioServer(service, options)
            if let image { _ = try await service.openPhoto(file: image, name: image) }
            if let mesh { _ = try await service.openMesh(file: mesh, name: mesh) }
            try await server.run { address in
                if isJSON {
                    try? Terminal.result(line: ["address": address])
                } else {
                    Terminal.result(address)
                }
                Terminal.message("bsb: the studio is open; Ctrl-C ends it")
                if !noOpen { Browser.open(address) }
            }
        }
        // At once: work that nobody wants any more may still run, and is not to meet libraries that are being taken down.
        _exit(0)
    }
}

/// Waits on the main thread for work that is done elsewhere.
private enum Waiting {
    private final class Outcome: @unchecked Sendable {
        // Unchecked: written before the semaphore is signalled, read after.
        var result: Result<Void, any Error> = .success(())
    }

    static func run(_ work: @escaping @Sendable () async throws -> Void) throws {
        let (outcome, done) = (Outcome(), DispatchSemaphore(value: 0))
        Task {
            do { try await work() } catch { outcome.result = .failure(error) }
            done.signal()
        }
        done.wait()
        try outcome.result.get()
    }
}

/// The user's browser.
private enum Browser {
    /// Opens an address, where there is a screen and a browser; nothing is said where there is none, since the address was printed.
    static func open(_ address: String) {
        let environment = ProcessInfo.processInfo.environment
        #if os(macOS)
            let program = "/usr/bin/open"
        #else
            let program = "/usr/bin/xdg-open"
            guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil else { return }
        #endif
        guard FileManager.default.isExecutableFile(atPath: program) else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [address]
        (process.standardInput, process.standardOutput, process.standardError) = (
            FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice
        )
        try? process.run()
    }
}

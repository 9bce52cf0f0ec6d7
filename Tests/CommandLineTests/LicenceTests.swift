import Foundation
import Testing

/// What the built program is linked with is what `docs/licences.md` says.
@Suite struct LicenceTests {
    /// What a tool of the system prints; nil if there is none.
    static func output(_ tool: String, _ arguments: [String]) throws -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    #if os(Linux)
        @Test func everyLinkedLibraryIsInTheTable() throws {
            guard let dynamic = try Self.output("readelf", ["-d", Program.path]) else { return print("skipped: there is no readelf") }
            let needed = dynamic.matches(of: /\(NEEDED\).*\[(.+?)\.so/).map { String($0.output.1) }
            #expect(needed.contains("libembree3"), "so few libraries mean that readelf was not understood")
            let page = try String(contentsOf: DocumentationTests.root.appendingPathComponent("docs/licences.md"), encoding: .utf8)
            let table = try #require(page.range(of: "## Linked")?.upperBound)..<#require(page.range(of: "## Compiled in")?.lowerBound)
            let listed = page[table].split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
                row.split(separator: "|")[0].matches(of: /`(.+?)`/).map { String($0.output.1) }
            }
            let isListed = { (library: String) in
                listed.contains { $0.hasSuffix("*") ? library.hasPrefix($0.dropLast()) : library == $0 }
            }
            for library in needed { #expect(isListed(library), "\(library) is not in docs/licences.md") }
        }

        @Test func nothingUnderTheGPLIsLoaded() throws {
            guard let loaded = try Self.output("ldd", [Program.path]) else { return print("skipped: there is no ldd") }
            #expect(loaded.contains("libembree3"), "so few libraries mean that ldd was not understood")
            for name in ["x265", "cholmod", "suitesparse", "umfpack", "spqr", "klu", "amd", "colamd", "fftw", "gsl", "cgal", "readline"] {
                #expect(!loaded.contains(name == "amd" ? "libamd" : name), "lib\(name) is loaded")
            }
        }
    #endif
}

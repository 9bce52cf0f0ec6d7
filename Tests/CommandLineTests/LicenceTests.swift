import Foundation
import Testing

/// What the built program is linked with is what `docs/licences.md` says.
@Suite struct LicenceTests {
    /// What a tool of the system prints; nil if there is none.
    static func output(_ tool: String, _ arguments: [String]) throws -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // What somebody loads into every program is not what this one is linked with.
        process.arguments = ["-u", "LD_PRELOAD", tool] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    /// The rows of tables of `docs/licences.md` about libraries, from one heading to another: the names in the first column, and the licence.
    static func rows(from first: String, to last: String) throws -> [(names: [String], licence: String)] {
        let page = try String(contentsOf: DocumentationTests.root.appendingPathComponent("docs/licences.md"), encoding: .utf8)
        let section = try #require(page.range(of: first)?.upperBound)..<#require(page.range(of: last)?.lowerBound)
        return page[section].split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return (cells[0].matches(of: /`(.+?)`/).map { String($0.output.1) }, cells.last!)
        }
    }

    /// The licence that a library has by these rows; nil if it is in none of them.
    static func licence(of library: String, in rows: [(names: [String], licence: String)]) -> String? {
        rows.first { $0.names.contains { $0.hasSuffix("*") ? library.hasPrefix($0.dropLast()) : library == $0 } }?.licence
    }

    /// Whether a program that loads something under this licence may stay under its own: not so with the GPL, unless an exception says so.
    static func leavesFree(_ licence: String) -> Bool {
        !licence.replacingOccurrences(of: "LGPL", with: "").contains("GPL") || licence.contains("GCC Runtime Library Exception")
    }

    @Test func theGPLIsToldFromItsKin() {
        for free in ["MIT", "LGPL-2.1", "GPL-3.0 with GCC Runtime Library Exception"] { #expect(Self.leavesFree(free), "\(free)") }
        for other in ["GPL-2.0 or later", "AGPL-3.0", "LGPL-3.0 and GPL-2.0"] { #expect(!Self.leavesFree(other), "\(other)") }
    }

    #if os(Linux)
        @Test func everyLinkedLibraryIsInTheTable() throws {
            guard let dynamic = try Self.output("readelf", ["-d", Program.path]) else { return print("skipped: there is no readelf") }
            let needed = dynamic.matches(of: /\(NEEDED\).*\[(.+?)\.so/).map { String($0.output.1) }
            #expect(needed.contains("libembree3"), "so few libraries mean that readelf was not understood")
            let rows = try Self.rows(from: "## Linked", to: "## Loaded by those")
            for library in needed { #expect(Self.licence(of: library, in: rows) != nil, "\(library) is not in docs/licences.md") }
        }

        @Test func nothingUnderTheGPLIsLoaded() throws {
            guard let listing = try Self.output("ldd", [Program.path]) else { return print("skipped: there is no ldd") }
            // Lines are `name.so.1 => path (address)`, or a path alone for the loader; the kernel's own is no file.
            let loaded = listing.split(separator: "\n").compactMap { line in
                line.trimmingCharacters(in: .whitespaces).prefixMatch(of: /(?:\/\S*\/)?(\S+?)\.so/).map { String($0.output.1) }
            }.filter { $0 != "linux-vdso" }
            #expect(loaded.contains("libembree3") && loaded.contains("libtbb"), "so few libraries mean that ldd was not understood")
            let rows = try Self.rows(from: "## Linked", to: "## Compiled in")
            for library in loaded {
                let licence = Self.licence(of: library, in: rows)
                #expect(licence != nil, "\(library) is loaded and not in docs/licences.md")
                #expect(Self.leavesFree(licence ?? ""), "\(library) is loaded and under \(licence ?? "")")
            }
        }
    #endif
}

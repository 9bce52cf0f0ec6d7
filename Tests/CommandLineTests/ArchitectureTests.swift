import Foundation
import Testing

/// The layers are what ARCHITECTURE.md and Package.swift say they are.
@Suite struct ArchitectureTests {
    /// A target of `Package.swift`.
    struct Target {
        var name: String
        /// What files import: the modules of libraries have a prefix, those of tools and the face do not.
        var module: String
        var dependencies: Set<String>

        var folder: String { name == "Benchmarks" ? name : "Sources/\(name)" }
    }

    private static func text(_ file: String) throws -> String {
        try String(contentsOf: DocumentationTests.root.appendingPathComponent(file), encoding: .utf8)
    }

    /// The targets that are no tests, in the order of `Package.swift`.
    static func targets() throws -> [Target] {
        let lines = try text("Package.swift").split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
        let manifest = lines.joined(separator: "\n")
        let start = try #require(manifest.range(of: "    targets: [")?.upperBound)
        let end = try #require(manifest.range(of: "name: \"TestSupport\"")?.lowerBound)
        let body = manifest[start..<end]
        let declarations = body.matches(of: /(?:\b(shim|library)\(|\.(?:executableT|t)arget\(\s*name:)\s*"(\w+)"/)
        let names = Set(declarations.map { String($0.output.2) })
        return declarations.enumerated().map { index, declaration in
            let next = index + 1 < declarations.count ? declarations[index + 1].range.lowerBound : body.endIndex
            let quoted = body[declaration.range.upperBound..<next].matches(of: /"(\w+)"/).map { String($0.output.1) }
            let name = String(declaration.output.2)
            let module = declaration.output.1 == nil ? name : "BSB\(name)"
            return Target(name: name, module: module, dependencies: Set(quoted).intersection(names).subtracting([name]))
        }
    }

    @Test func everyTargetIsInTheTableInThePackagesOrder() throws {
        let rows = try Self.text("ARCHITECTURE.md").split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
        let listed = rows.flatMap { row in
            row.split(separator: "|")[1].matches(of: /`(\w+)`/).map { String($0.output.1) }
        }
        let targets = try Self.targets()
        #expect(listed == targets.map(\.name))
        let folders = try FileManager.default.contentsOfDirectory(atPath: DocumentationTests.root.appendingPathComponent("Sources").path)
        #expect(Set(folders) == Set(targets.map(\.name)).subtracting(["Benchmarks"]))
    }

    @Test func targetsDependOnLowerOnes() throws {
        var lower: Set<String> = []
        var edges = 0
        for target in try Self.targets() {
            #expect(target.dependencies.isSubset(of: lower), "\(target.name) depends on \(target.dependencies.subtracting(lower))")
            edges += target.dependencies.count
            lower.insert(target.name)
        }
        #expect(edges > lower.count, "so few dependencies mean that the package was not understood")
    }

    /// The formatter takes the dot of an abbreviation for the end of the sentence, and breaks the comment there.
    @Test func noCommentEndsInAnAbbreviation() throws {
        let folder = DocumentationTests.root.appendingPathComponent("Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 300)
        for file in files {
            let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            for line in source.split(separator: "\n") where line.contains("//") {
                let isBroken = line.firstMatch(of: /\b(?:Eqs?|Sec|Fig|cf|vs|e\.g|i\.e|al)\.$/) != nil
                #expect(!isBroken, "\(file): \(line)")
            }
        }
    }

    /// All targets share a folder of built modules, so the compiler lets a file import what its target does not depend on.
    @Test func filesImportWhatTheirTargetDependsOn() throws {
        let targets = try Self.targets()
        let names = Dictionary(uniqueKeysWithValues: targets.map { ($0.module, $0.name) })
        var reached: [String: Set<String>] = [:]
        var seen = 0
        for target in targets {
            reached[target.name] = target.dependencies.reduce(into: target.dependencies) { $0.formUnion(reached[$1] ?? []) }
            let folder = DocumentationTests.root.appendingPathComponent(target.folder)
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
            #expect(!files.isEmpty || target.name.hasPrefix("C"))
            for file in files {
                let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                let imports = source.matches(of: /(?m)^\s*(?:@\w+\s+)?(?:\w+\s+)?import\s+(?:(?:struct|class|enum|func)\s+)?(\w+)/)
                for name in imports.compactMap({ names[String($0.output.1)] }) {
                    #expect(reached[target.name]!.contains(name), "\(target.folder)/\(file) imports \(name)")
                    seen += 1
                }
            }
        }
        #expect(seen > 700, "so few imports mean that the modules' names were not understood")
    }

    /// A lock that the thread sanitizer cannot see makes it report what is no race.
    @Test func locksAreThoseThatTheSanitizerSees() throws {
        let folder = DocumentationTests.root.appendingPathComponent("Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        var guarded = 0
        for file in files where file != "Basics/Guarded.swift" {
            let source = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            #expect(!source.contains(/\bMutex\b/), "\(file) has a Mutex in place of Guarded")
            guarded += source.contains(/\bGuarded\b/) ? 1 : 0
        }
        #expect(guarded >= 5)
    }

    /// The sizes that ARCHITECTURE.md gives are about those of today.
    @Test func sizesAreAboutThoseOfToday() throws {
        let rows = try Self.text("ARCHITECTURE.md").split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
        #expect(rows.count > 8)
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let folders = cells[1].matches(of: /`(\w+)`/).map { $0.output.1 == "Benchmarks" ? "Benchmarks" : "Sources/\($0.output.1)" }
            let count = try folders.reduce(0) { sum, folder in
                let files = try FileManager.default.subpathsOfDirectory(atPath: DocumentationTests.root.appendingPathComponent(folder).path)
                return sum + files.count { file in [".swift", ".c", ".cpp", ".h"].contains { file.hasSuffix($0) } }
            }
            let said = try #require(Int(cells[2]), "\(row)")
            #expect(abs(said - count) <= 5 + count / 5, "\(cells[1]) have \(count) files, not \(said)")
        }
    }
}

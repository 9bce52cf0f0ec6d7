import Foundation
import Testing

/// What others see of the library is what docs/swift.md lists.
@Suite struct FaceTests {
    /// The names of the types that the libraries' files declare `public`, those inside of others after their names.
    private static func publicTypes() throws -> Set<String> {
        let folder = DocumentationTests.root.appendingPathComponent("Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("bsb/") && !$0.hasPrefix("TrainingData/") }
        #expect(files.count > 300)
        var names: Set<String> = []
        for file in files {
            var outer = ""
            for line in try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8).split(separator: "\n") {
                if let top = line.firstMatch(of: /^(?:\w+ )*(?:struct|class|enum|protocol|actor|extension|typealias) (\w+)/) {
                    outer = String(top.output.1)
                }
                let type = /^( *)public (?:final |indirect )?(?:struct|class|enum|protocol|actor|typealias) (\w+)/
                if let found = line.firstMatch(of: type) {
                    names.insert(found.output.1.isEmpty ? outer : "\(outer).\(found.output.2)")
                }
            }
        }
        return names
    }

    @Test func thePageListsEveryPublicType() throws {
        let page = try String(contentsOf: DocumentationTests.root.appendingPathComponent("docs/swift.md"), encoding: .utf8)
        let list = try #require(page.range(of: "## Every type").map { page[$0.upperBound...] })
        let listed = Set(list.matches(of: /`([A-Z][\w.]*)`/).map { String($0.output.1) })
        let types = try Self.publicTypes()
        #expect(types == listed, "only public: \(types.subtracting(listed)); only listed: \(listed.subtracting(types))")
    }
}

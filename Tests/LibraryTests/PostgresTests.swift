import BSBBasics
import BSBLinearAlgebra
import Foundation
import TestSupport
import Testing

@testable import BSBLibrary

/// The catalogue of a library in a real PostgreSQL server, beside that in SQLite.
@Suite(.serialized, .enabled(if: PostgresServer.programs != nil, "needs PostgreSQL: apt-get install postgresql")) struct PostgresTests {
    private static func entry(_ path: String, _ state: LibraryEntry.State = .ready) -> LibraryEntry {
        var entry = LibraryEntry(path: path, fileState: "1 2")
        (entry.state, entry.hash) = (state, "h\(path.count)")
        return entry
    }

    /// A descriptor of 17 directions that point where the mesh's number says, and a little elsewhere.
    private static func descriptor(_ number: Int, dimension: Int = 12) -> Data {
        var generator = SeededGenerator(seed: UInt64(number))
        let values = (0..<17).flatMap { _ in (0..<dimension).map { $0 == number % dimension ? Float(1) : generator.uniform(-0.1, 0.1) } }
        return Matrix(rows: 17, columns: dimension, values: values).withNormalizedRows().values.map(HalfPrecision.bits)
            .withUnsafeBytes { Data($0) }
    }

    @Test func itKeepsWhatSQLiteKeeps() throws {
        let server = try PostgresServer()
        try withTemporaryDirectory { folder in
            let catalogues: [any LibraryCatalogue] = [
                try server.retried { try PostgresCatalogue($0) }, try SQLiteCatalogue("\(folder)/library.sqlite"),
            ]
            let odd = ["/a/\"quoted\", {curly}.obj", "/a/back\\slash's.obj", "/a/Ä.obj", "/a/z.obj", "/B/1.obj", "/a/\u{1F980}.obj"]
            for catalogue in catalogues {
                #expect(try catalogue.recipe() == nil && catalogue.entries().isEmpty && catalogue.descriptors().isEmpty)
                try catalogue.setRecipe(Data([0, 255, 7]))
                #expect(try catalogue.recipe() == Data([0, 255, 7]))
                #expect(throws: Failure.self) { try catalogue.setRecipe(Data([1])) }
                for (number, path) in odd.enumerated() { try catalogue.put(Self.entry(path), descriptor: Self.descriptor(number)) }
                // What is known of a path is replaced; a descriptor stays unless there is a new one.
                try catalogue.put(Self.entry(odd[0], .failed), descriptor: nil)
                try catalogue.put(Self.entry(odd[1]), descriptor: Self.descriptor(5))
                try catalogue.remove([odd[2], "/not/there"])
            }
            let entries = try catalogues.map { try $0.entries() }
            #expect(entries[0] == entries[1] && entries[0].count == 5 && entries[0].map(\.path) == entries[0].map(\.path).sorted())
            #expect(entries[0].first { $0.path == odd[0] }?.state == .failed)
            let descriptors = try catalogues.map { try $0.descriptors() }
            #expect(descriptors[0] == descriptors[1] && descriptors[0][odd[0]] == Self.descriptor(0))
            #expect(descriptors[0][odd[1]] == Self.descriptor(5) && descriptors[0][odd[2]] == nil)
        }
    }

    @Test func processesWriteSideBySide() throws {
        let server = try PostgresServer()
        let url = try server.retried {
            _ = try PostgresCatalogue($0); return $0
        }
        let failures = Parallelism(threads: 4).map(4) { worker -> String? in
            do {
                let catalogue = try PostgresCatalogue(url)
                for number in 0..<20 {
                    try catalogue.put(Self.entry("/\(worker)/\(number).obj"), descriptor: Self.descriptor(number))
                    // All of them note this one.
                    try catalogue.put(Self.entry("/shared.obj"), descriptor: Self.descriptor(worker))
                }
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(failures.compactMap(\.self).isEmpty)
        #expect(try PostgresCatalogue(url).entries().count == 81)
    }

    @Test func anIndexOfVectorsFindsTheMeshesThatAreLikeAQuery() throws {
        let server = try PostgresServer()
        let catalogue = try server.retried { try PostgresCatalogue($0, mostNear: 100) }
        #expect(try catalogue.neighbours(of: []) == nil, "there is no mesh yet")
        for number in 0..<120 { try catalogue.put(Self.entry("/\(number).obj"), descriptor: Self.descriptor(number)) }
        try catalogue.put(Self.entry("/failed.obj", .failed), descriptor: nil)
        guard let none = try catalogue.neighbours(of: []) else {
            print("skipped: the server at \(PostgresServer.programs ?? "") has no pgvector")
            return
        }
        #expect(none.entries.isEmpty && none.searchable == 120)
        let query = (0..<12).map { $0 == 3 ? Float(1) : 0 }
        let found = try #require(try catalogue.neighbours(of: [query]))
        // The 100 nearest regions are of the ten meshes that point there, which have 160.
        let paths = Set(found.entries.map(\.path))
        #expect(paths.count >= 5 && paths.isSubset(of: (0..<10).map { "/\(12 * $0 + 3).obj" }), "\(paths)")
        #expect(found.entries.map(\.path) == paths.sorted() && Set(found.descriptors.keys) == paths)
        // What the first stage says of them is what it says where it reads all.
        let index = DescriptorIndex(found.entries, found.descriptors)
        #expect(index.entries.count == paths.count)
        let gone = try #require(found.entries.first?.path)
        try catalogue.remove([gone])
        #expect(try #require(try catalogue.neighbours(of: [query])).descriptors[gone] == nil)
    }

    @Test func aDatabaseThatIsNotThereIsTold() {
        #expect(throws: Failure.self) { _ = try PostgresCatalogue("postgres://bsb@/postgres?host=/nowhere") }
        do {
            _ = try PostgresCatalogue("postgres://bsb:secret@/postgres?host=/nowhere")
        } catch let failure as Failure {
            #expect(failure.kind == .missingInput && !"\(failure)".contains("secret"))
        } catch {
            Issue.record(error)
        }
    }
}

import BSBBasics
import Foundation
import TestSupport
import Testing

@Suite struct ContentHashTests {
    @Test func knownHashes() {
        #expect(ContentHash(of: Data()).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(ContentHash(of: Data("abc".utf8)).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func aFileHasTheHashOfItsBytes() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.write("abc", to: directory + "/f")
            #expect(try ContentHash(ofFile: directory + "/f") == ContentHash(of: Data("abc".utf8)))
            #expect(kind { _ = try ContentHash(ofFile: directory + "/g") } == .missingInput)
        }
    }

    @Test func everyDifferenceOfPartsShows() {
        let lists: [(inout ContentHasher) -> Void] = [
            { _ in },
            { $0.add("a", "b") },
            { $0.add("ab", "") },
            { $0.add("", "ab") },
            { $0.add("a", 1) },
            { $0.add("a", "1") },
            { $0.add("a", Float(1)) },
            { $0.add("a", Double(1)) },
            { $0.add("a", true) },
            { $0.add("a", Data([1])) },
            { $0.add("a", [Float(1), 2]) },
            { $0.add("a", [UInt8(1)]) },
            { $0.add("a", [Int8(1)]) },
            {
                $0.add("a", "b")
                $0.add("c", "d")
            },
            {
                $0.add("c", "d")
                $0.add("a", "b")
            },
            { $0.add("a", [UInt8](repeating: 0, count: 2000)) },
            { $0.add("a", [UInt8](repeating: 0, count: 2001)) },
        ]
        let hashes = lists.map { list in
            var hasher = ContentHasher()
            list(&hasher)
            return hasher.finalize()
        }
        #expect(Set(hashes).count == lists.count)
        var again = ContentHasher()
        again.add("a", "b")
        #expect(again.finalize() == hashes[1])
    }
}

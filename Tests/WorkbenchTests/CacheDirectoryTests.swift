import Foundation
import TestSupport
import Testing

@testable import BSBWorkbench

@Suite struct CacheDirectoryTests {
    static func cache() -> (CacheDirectory, String) {
        let path = temporaryPath()
        return (CacheDirectory(path: path), path)
    }

    static let recipe = Recipe("test", ["what": "a"], item: "x")

    @Test func whatIsWrittenIsRead() throws {
        let (cache, path) = Self.cache()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let empty = Self.recipe.item("empty")
        #expect(cache.read(Self.recipe) == nil && !cache.contains(Self.recipe) && cache.stamp(Self.recipe) == nil)
        cache.write(Data([1, 2, 3]), Self.recipe)
        cache.write(Data(), empty)
        #expect(cache.read(Self.recipe) == Data([1, 2, 3]) && cache.contains(Self.recipe))
        #expect(cache.read(empty) == Data())
        let stamp = cache.stamp(Self.recipe)
        cache.write(Data([4, 5, 6]), Self.recipe)
        #expect(cache.stamp(Self.recipe) != stamp, "another file of the same size")
        cache.remove(Self.recipe)
        #expect(cache.read(Self.recipe) == nil)
    }

    @Test func everyFlippedByteAndEveryCutIsNoticed() throws {
        let (cache, path) = Self.cache()
        defer { try? FileManager.default.removeItem(atPath: path) }
        cache.write(Data([1, 2, 3]), Self.recipe)
        let file = "\(path)/\(Self.recipe.folder)/x"
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 0x40
            try damaged.write(to: URL(fileURLWithPath: file))
            #expect(cache.read(Self.recipe) == nil, "byte \(index)")
            try whole.prefix(index).write(to: URL(fileURLWithPath: file))
            #expect(cache.read(Self.recipe) == nil, "cut at \(index)")
        }
    }

    @Test func whatKilledRunsLeftIsSwept() throws {
        let (cache, path) = Self.cache()
        defer { try? FileManager.default.removeItem(atPath: path) }
        cache.write(Data([1]), Self.recipe)
        let folder = "\(path)/\(Self.recipe.folder)"
        // No process has the first number; the second is this one's.
        for name in [".partial-999999999-1", ".partial-\(getpid())-7"] {
            try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        CacheDirectory(path: path).write(Data([2]), Self.recipe.item("y"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [".partial-\(getpid())-7", "x", "y"])
    }

    @Test func recipesDependOnEveryIngredientAndOnWhereItEnds() {
        let recipes = [
            Recipe("k", ["a": "ab", "b": "c"]), Recipe("k", ["a": "a", "b": "bc"]), Recipe("k", ["a": "abc"]),
            Recipe("k", ["b": "abc"]), Recipe("k", ["a": "abc", "b": ""]), Recipe("k", [:]), Recipe("l", [:]),
        ]
        #expect(Set(recipes.map(\.folder)).count == recipes.count)
        #expect(Recipe("k", ["a": "ab", "b": "c"]) == recipes[0])
        #expect(recipes[0].item("x").key != recipes[0].item("y").key && recipes[0].item("x").folder == recipes[0].folder)
    }

    @Test func withoutAPathNothingIsKept() {
        let cache = CacheDirectory(path: nil)
        cache.write(Data([1]), Self.recipe)
        #expect(cache.read(Self.recipe) == nil)
    }

    @Test func whatIsUsedLeastRecentlyGoesBeyondTheLimit() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        // Five entries of 1,064 bytes; the limit holds four of them, nine tenths of it three.
        let cache = CacheDirectory(path: path, limit: 4400)
        let recipes = (0..<5).map { Recipe("test", ["number": "\($0)"]) }
        for (index, recipe) in recipes.prefix(4).enumerated() {
            cache.write(Data(repeating: UInt8(index), count: 1000), recipe)
            let old = Date(timeIntervalSince1970: 1000 + Double(index))
            try FileManager.default.setAttributes(
                [.modificationDate: old], ofItemAtPath: "\(path)/\(recipe.folder)/\(recipe.item)")
        }
        #expect(cache.read(recipes[0]) != nil, "now the last to go")
        cache.write(Data(repeating: 9, count: 1000), recipes[4])
        #expect(recipes.map { cache.contains($0) } == [true, false, false, true, true])
        #expect(CacheContents(of: path).bytes == 3 * 1064)
        cache.write(Data(repeating: 9, count: 5000), recipes[1])
        #expect(!cache.contains(recipes[1]), "what is larger than the limit is not kept")
    }

    @Test func contentsAreListedByKindAndClearedByKind() throws {
        let (cache, path) = Self.cache()
        defer { try? FileManager.default.removeItem(atPath: path) }
        cache.write(Data(count: 10), Recipe("feature-field", ["mesh": "a"]))
        cache.write(Data(count: 20), Recipe("feature-field", ["mesh": "b"], item: "y"))
        cache.write(Data(count: 30), Recipe("decoder", ["mesh": "a"]))
        // What the cache did not make is not its to remove.
        try FileManager.default.createDirectory(atPath: path + "/my-photos", withIntermediateDirectories: true)
        let contents = CacheContents(of: path)
        #expect(contents.folders.map(\.kind).sorted() == ["decoder", "feature-field", "feature-field"])
        #expect(contents.bytes == 10 + 20 + 30 + 3 * 64)
        #expect(cache.clear(kind: "decoder") == 94)
        #expect(CacheContents(of: path).folders.map(\.kind) == ["feature-field", "feature-field"])
        #expect(cache.clear() == 158)
        #expect(CacheContents(of: path).folders.isEmpty && FileManager.default.fileExists(atPath: path + "/my-photos"))
    }
}

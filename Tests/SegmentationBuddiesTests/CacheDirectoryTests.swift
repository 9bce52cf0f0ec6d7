import Foundation
import Logging
import TestSupport
import Testing

@testable import SegmentationBuddies

@Suite struct CacheDirectoryTests {
    static func cache() -> (CacheDirectory, String) {
        let path = temporaryPath()
        return (CacheDirectory(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), path)
    }

    @Test func whatIsWrittenIsRead() throws {
        let (cache, path) = Self.cache()
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(cache.read(folder: "a", name: "x") == nil)
        cache.write(Data([1, 2, 3]), folder: "a", name: "x")
        cache.write(Data(), folder: "a", name: "empty")
        #expect(cache.read(folder: "a", name: "x") == Data([1, 2, 3]))
        #expect(cache.read(folder: "a", name: "empty") == Data())
        cache.remove(folder: "a")
        #expect(cache.read(folder: "a", name: "x") == nil)
    }

    @Test func everyFlippedByteAndEveryCutIsNoticed() throws {
        let (cache, path) = Self.cache()
        defer { try? FileManager.default.removeItem(atPath: path) }
        cache.write(Data([1, 2, 3]), folder: "a", name: "x")
        let file = path + "/a/x"
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 0x40
            try damaged.write(to: URL(fileURLWithPath: file))
            #expect(cache.read(folder: "a", name: "x") == nil, "byte \(index)")
            try whole.prefix(index).write(to: URL(fileURLWithPath: file))
            #expect(cache.read(folder: "a", name: "x") == nil, "cut at \(index)")
        }
    }

    @Test func keysDependOnEveryPartAndOnWhereItEnds() {
        let keys = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], []].map { CacheDirectory.key($0) }
        #expect(Set(keys).count == keys.count)
        #expect(CacheDirectory.key(["ab", "c"]) == keys[0])
    }

    @Test func withoutAPathNothingIsKept() {
        let cache = CacheDirectory(path: nil, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        cache.write(Data([1]), folder: "a", name: "x")
        #expect(cache.read(folder: "a", name: "x") == nil)
    }
}

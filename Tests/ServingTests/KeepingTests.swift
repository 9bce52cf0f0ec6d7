import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBServing

/// What is kept, how much of it, and who may come at it.
@Suite struct KeepingTests {
    @Test func idsAreOfTheirFormAndDiffer() throws {
        let ids = (0..<1000).map { _ in Identifier() }
        #expect(Set(ids).count == 1000)
        #expect(ids.allSatisfy { Identifier($0.description) == $0 })
        for bad in [
            "", "abc", String(repeating: "A", count: 32), String(repeating: "0", count: 33), "../" + String(repeating: "0", count: 29),
        ] {
            #expect(Identifier(bad) == nil)
        }
    }

    @Test func aShelfKeepsWhatWasUsedLast() {
        let gone = Box<[String]>([])
        let shelf = Shelf<String>(byteLimit: 10, countLimit: 3) { thing in gone.change { $0.append(thing) } }
        let ids = (0..<5).map { _ in Identifier() }
        for index in 0..<3 { shelf.keep("\(index)", as: ids[index], bytes: 3) }
        #expect(shelf.find(ids[0]) == "0")
        shelf.keep("3", as: ids[3], bytes: 3)
        #expect(gone.value == ["1"])
        #expect(shelf.all == ["3", "2", "0"])
        shelf.resize(ids[3], bytes: 8)
        #expect(shelf.size.bytes == 8 && shelf.size.count == 1)
        #expect(shelf.remove(ids[3]) && !shelf.remove(ids[3]))
        shelf.keep("large", as: ids[4], bytes: 100)
        #expect(shelf.find(ids[4]) == "large")
        #expect(gone.value == ["1", "2", "0", "3"])
    }

    @Test func foldersHoldNothingOutside() throws {
        try withTemporaryDirectory { folder in
            let inside = "\(folder)/given/inner"
            try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
            try Data("a".utf8).write(to: URL(fileURLWithPath: "\(inside)/a.png"))
            try Data("b".utf8).write(to: URL(fileURLWithPath: "\(folder)/secret.png"))
            try FileManager.default.createSymbolicLink(atPath: "\(inside)/link.png", withDestinationPath: "\(folder)/secret.png")
            try FileManager.default.createDirectory(atPath: "\(folder)/given-not", withIntermediateDirectories: true)
            try Data("c".utf8).write(to: URL(fileURLWithPath: "\(folder)/given-not/c.png"))
            let folders = try GivenFolders(["\(folder)/given"])
            let path = try folders.path(of: "\(inside)/../inner/a.png")
            #expect(path.hasSuffix("/given/inner/a.png"))
            for name in [
                "\(folder)/secret.png", "\(inside)/../../secret.png", "\(inside)/link.png", "\(folder)/given-not/c.png", "/etc/passwd",
                "given/inner/a.png", "\(inside)/a.png\0", "\(folder)/nothing.png", "", "/",
            ] {
                #expect(throws: Refusal.self, "\(name)") { try folders.path(of: name) }
            }
            #expect(try failure { try folders.path(of: "\(inside)/nothing.png") }.kind == .missingInput)
            #expect(throws: Failure.self) { try GivenFolders(["\(folder)/none"]) }
            #expect(throws: Failure.self) { try GivenFolders(["\(folder)/secret.png"]) }
        }
    }

    @Test func namesOfUploadsLeadNowhereElse() {
        #expect(PrivateFolder.steps("mug.obj") == "mug.obj")
        #expect(PrivateFolder.steps("textures\\wood.png") == "textures/wood.png")
        for bad in ["", "/a", "a/", "../a", "a/../b", "a/./b", "a//b", "a\nb", "a\0", "..\\a", String(repeating: "x", count: 300)] {
            #expect(PrivateFolder.steps(bad) == nil, "\(bad)")
        }
    }

    @Test func thePrivateFolderIsPrivateAndGoes() throws {
        let folder = try PrivateFolder()
        let id = Identifier()
        let place = try folder.place(for: id, name: "textures/wood.png")
        try Data(count: 1000).write(to: URL(fileURLWithPath: place))
        #expect(folder.bytes == 1000)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        folder.discard(id)
        #expect(folder.bytes == 0)
        folder.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func aGateLetsSoManyInAndForgetsWhoLeaves() async throws {
        let gate = Gate(2)
        let (inside, most) = (Box(0), Box(0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await gate.pass {
                        inside.change { $0 += 1 }
                        most.change { $0 = max($0, inside.value) }
                        await Task.yield()
                        inside.change { $0 -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(most.value <= 2 && most.value > 0)
        let entered = AsyncStream<Void>.makeStream()
        let releases = (0..<2).map { _ in AsyncStream<Void>.makeStream() }
        let holders = releases.map { release in
            Task {
                try await gate.pass {
                    entered.continuation.yield()
                    for await _ in release.stream {}
                }
            }
        }
        var entries = entered.stream.makeAsyncIterator()
        for _ in holders { await entries.next() }
        let waiting = Task { try await gate.pass {} }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        for release in releases { release.continuation.finish() }
        for holder in holders { try await holder.value }
        try await gate.pass {}
    }

    @Test func jsonWithUnknownNamesIsRefused() throws {
        let id = Identifier()
        let good = #"{"mesh": "\#(id)", "positive": [{"vertex": 3}], "options": {"level": "middle"}, "negative": null}"#
        let question = try #require(try QuestionKind.segment.question(Data(good.utf8)) as? SegmentQuestion)
        #expect(question.mesh == id && question.positive[0].vertex == 3 && question.options?.level == .middle)
        for (bad, word) in [
            (#"{"mesh": "\#(id)", "positive": [{"vertex": 3}], "optoins": {}}"#, "optoins"),
            (#"{"mesh": "\#(id)", "positive": [{"vertx": 3}]}"#, "positive[0].vertx"),
            (#"{"positive": []}"#, "mesh"), (#"{"mesh": "x", "positive": []}"#, "mesh"), ("{", "JSON"), ("", "JSON"),
            (#"{"mesh": "\#(id)", "positive": 3}"#, "positive"),
        ] {
            let failure = try failure { try QuestionKind.segment.question(Data(bad.utf8)) }
            #expect(failure.kind == .usage && failure.reason.contains(word), "\(failure)")
        }
    }

    @Test func runsAreReadAsTheyAre() {
        #expect(RunDecoding.values([1, 2, 1], count: 4) == [false, true, true, false])
        #expect(RunDecoding.values([0, 4], count: 4) == [true, true, true, true])
        for bad in [[5], [1, 2], [-1, 5], [], [Int.max, 2], [4, Int.max]] { #expect(RunDecoding.values(bad, count: 4) == nil) }
    }
}

/// A value that several threads change.
final class Box<Value: Sendable>: @unchecked Sendable {
    // Unchecked: only touched under the lock.
    private let lock = NSLock()
    private var held: Value

    init(_ value: Value) { held = value }

    var value: Value { lock.withLock { held } }

    func change(_ body: (inout Value) -> Void) { lock.withLock { body(&held) } }
}

import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBModelStore

/// Downloads from a server that truncates, stalls, redirects, ranges and lies.
@Suite(.serialized) struct DownloadTests {
    let data = content(300_000)
    var tag: String { hash(data) }

    private func server(_ change: @escaping @Sendable (HubServer.Request, Int, inout HubServer.Answer) -> Void) throws -> HubServer {
        try HubServer { [data, tag] request, number in
            var answer = HubServer.honest(request, data, tag: tag)
            change(request, number, &answer)
            return answer
        }
    }

    @Test func aFileComesIntoTheHubsLayoutAndIsPinned() throws {
        let server = try server { _, _, _ in }
        defer { server.stop() }
        let bench = try Bench(server: server)
        let messages = Messages()
        let located = try bench.pull(reporter: messages.reporter)
        #expect(located.hashes == [tag])
        #expect(try Data(contentsOf: URL(fileURLWithPath: located.paths[0])) == data)
        #expect(bench.cached() == ["blobs/\(tag)", "refs/main", "snapshots/\(HubServer.commit)/onnx/model.onnx"].sorted())
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: located.paths[0])
        #expect(link == "../../../blobs/\(tag)")
        #expect(messages.all.count == 1 && messages.all[0].contains("pinned") && messages.all[0].contains(tag))
        #expect(server.requests.map(\.method) == ["HEAD", "GET"])
        #expect(server.requests[1].path == "/who/toy/resolve/main/onnx/model.onnx")
        // Nothing is asked again.
        try bench.pull()
        #expect(server.requests.count == 2)
    }

    @Test func aDownloadThatIsCutShortGoesOn() throws {
        let server = try server { request, number, answer in
            if request.method == "GET", number < 3 { answer.cutAfter = 100_000 }
        }
        defer { server.stop() }
        let bench = try Bench(server: server)
        #expect(try bench.pull().hashes == [tag])
        let starts = server.requests.filter { $0.method == "GET" }.map(\.rangeStart)
        #expect(starts == [nil, 100_000, 200_000])
    }

    @Test func whatCameIsKeptForTheNextRun() throws {
        let server = try server { request, number, answer in
            // Nothing more than the first piece, until the second run.
            if number == 1 { answer.cutAfter = 100_000 }
            if request.method == "GET", [2, 3].contains(number) { answer = .init(status: 503) }
        }
        defer { server.stop() }
        let bench = try Bench(server: server)
        let first = try failure { try bench.pull() }
        #expect(first.kind == .missingModel && first.hint!.contains("goes on"))
        #expect(try bench.pull().hashes == [tag])
        #expect(server.requests.last!.rangeStart! > 0)
    }

    @Test func aServerThatStallsIsGivenUpAndAskedAgain() throws {
        let server = try server { request, number, answer in
            if request.method == "GET", number < 2 { answer.stallAfter = 50_000 }
        }
        defer { server.stop() }
        let bench = try Bench(server: server)
        bench.stallSeconds = 1.5
        #expect(try bench.pull().hashes == [tag])
        #expect(server.requests.last?.rangeStart == 50_000)
    }

    @Test func aServerThatAlwaysStallsEndsInASentence() throws {
        let server = try server { request, _, answer in if request.method == "GET" { answer.stallAfter = 0 } }
        defer { server.stop() }
        let bench = try Bench(server: server)
        bench.stallSeconds = 0.7
        let failure = try failure { try bench.pull() }
        #expect(failure.kind == .missingModel && failure.reason.contains("nothing came"), "\(failure)")
    }

    /// A fault of the tests themselves once: the thread of a server that was stopped while it stalled took the next one's connections.
    @Test func aStoppedServerTakesNoConnectionOfAnother() throws {
        let stalling = try server { request, _, answer in if request.method == "GET" { answer.stallAfter = 0 } }
        let bench = try Bench(server: stalling)
        bench.stallSeconds = 0.3
        _ = try failure { try bench.pull() }
        stalling.stop()
        let asked = stalling.requests.count
        let server = try server { _, _, _ in }
        defer { server.stop() }
        // Until the other thread is awake again.
        let end = Date().addingTimeInterval(3)
        while Date() < end { #expect(try Bench(server: server).pull().hashes == [tag]) }
        #expect(stalling.requests.count == asked)
    }

    @Test func redirectsAreFollowedWithoutTheToken() throws {
        let store = try HubServer { [data, tag] request, _ in HubServer.honest(request, data, tag: tag) }
        defer { store.stop() }
        let place = store.address
        let server = try HubServer { [data, tag] request, _ in
            .init(
                status: 302,
                headers: [
                    "Location": "\(place)/content", "X-Linked-ETag": "\"\(tag)\"", "X-Linked-Size": "\(data.count)",
                    "X-Repo-Commit": HubServer.commit,
                ])
        }
        defer { server.stop() }
        let bench = try Bench(server: server)
        bench.variables["HF_TOKEN"] = "secret"
        #expect(try bench.pull().hashes == [tag])
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer secret" })
        let elsewhere = store.requests.filter { $0.path == "/content" }
        #expect(!elsewhere.isEmpty && elsewhere.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test func redirectsWithoutEndAreRefused() throws {
        let server = try HubServer { request, _ in .init(status: 302, headers: ["Location": request.path + "x"], body: Data("moved".utf8)) }
        defer { server.stop() }
        #expect(try failure { try Bench(server: server).pull() }.reason.contains("without end"))
        #expect(server.requests.count == DownloadOptions().redirects + 1)
    }

    @Test func redirectsToNoWebAddressAreRefused() throws {
        let server = try HubServer { _, _ in .init(status: 302, headers: ["Location": "ftp://127.0.0.1/model"]) }
        defer { server.stop() }
        let failure = try failure { try Bench(server: server).pull() }
        #expect(failure.kind == .badInput && failure.reason.contains("not a safe address"), "\(failure)")
    }

    @Test func aRedirectWithoutAPlaceIsRefused() throws {
        let server = try HubServer { _, _ in .init(status: 304) }
        defer { server.stop() }
        #expect(try failure { try Bench(server: server).pull() }.reason.contains("304"))
    }

    @Test func aRedirectsOwnBodyIsNoPartOfTheFile() throws {
        let server = try server { request, _, answer in
            guard request.method == "GET", !request.path.hasSuffix("/moved") else { return }
            answer = .init(status: 307, headers: ["Location": "model.onnx/moved"], body: Data("<html>moved".utf8))
        }
        defer { server.stop() }
        #expect(try Bench(server: server).pull().hashes == [tag])
        #expect(server.requests.last?.path == "/who/toy/resolve/main/onnx/model.onnx/moved")
    }

    @Test func theTextOfARefusalIsNoPartOfTheFile() throws {
        let server = try server { request, number, answer in
            if number == 1 { answer = .init(status: 503, body: Data("<html>busy".utf8)) }
        }
        defer { server.stop() }
        #expect(try Bench(server: server).pull().hashes == [tag])
        #expect(server.requests.last?.rangeStart == nil)
    }

    @Test func aServerThatIgnoresRangesStartsAnew() throws {
        let server = try server { [data] request, number, answer in
            guard request.method == "GET" else { return }
            answer.status = 200
            answer.body = data
            answer.headers["Content-Range"] = nil
            if number < 2 { answer.cutAfter = 100_000 }
        }
        defer { server.stop() }
        #expect(try Bench(server: server).pull().hashes == [tag])
    }

    @Test func aServerThatSendsAnotherRangeIsNotBelieved() throws {
        let server = try server { request, number, answer in
            if request.method == "GET", number == 1 { answer.cutAfter = 100_000 }
            if request.method == "GET", number == 2 { answer.headers["Content-Range"] = "bytes 5-299999/300000" }
        }
        defer { server.stop() }
        #expect(try Bench(server: server).pull().hashes == [tag])
    }

    @Test func damagedContentIsThrownAway() throws {
        let other = content(300_000, seed: 2)
        let server = try server { request, _, answer in if request.method == "GET" { answer.body = other } }
        defer { server.stop() }
        let bench = try Bench(server: server)
        let failure = try failure { try bench.pull() }
        #expect(failure.reason.contains("SHA-256"), "\(failure)")
        #expect(bench.cached() == [])
    }

    @Test func aServerThatSendsMoreOrAnotherLengthIsRefused() throws {
        let longer = content(400_000)
        for (length, words) in [(400_000, "400000 bytes"), (-1, "more than")] {
            let server = try server { request, _, answer in
                guard request.method == "GET" else { return }
                answer.body = longer
                answer.claimedLength = length
            }
            defer { server.stop() }
            let failure = try failure { try Bench(server: server).pull() }
            #expect(failure.kind == .badInput && failure.reason.contains(words), "\(failure)")
        }
    }

    @Test func aWebPageIsNotAModel() throws {
        let server = try server { request, _, answer in
            if request.method == "GET" { answer = .init(headers: ["Content-Type": "text/html"], body: Data("<html>log in".utf8)) }
        }
        defer { server.stop() }
        #expect(try failure { try Bench(server: server).pull() }.reason.contains("web page"))
    }

    @Test(arguments: [(401, "HF_TOKEN"), (404, "moved")]) func refusalsAreExplained(status: Int, words: String) throws {
        let server = try HubServer { _, _ in .init(status: status) }
        defer { server.stop() }
        let failure = try failure { try Bench(server: server).pull() }
        #expect(failure.kind == .missingModel && failure.hint!.contains(words))
        #expect(server.requests.count == 1, "a refusal is final")
    }

    @Test func aServerThatIsNotThereIsASentence() throws {
        let failure = try failure { try Bench().pull() }
        #expect(failure.kind == .missingModel && failure.reason.contains("cannot be reached"))
    }

    @Test func aListedHashIsHeldAgainstTheServers() throws {
        let server = try server { _, _, _ in }
        defer { server.stop() }
        let other = String(repeating: "0", count: 64)
        let bench = try Bench(server: server, files: [.init(role: .graph, path: "m.onnx", sha256: other)])
        #expect(try failure { try bench.pull() }.reason.contains("SHA-256"))
        #expect(server.requests.allSatisfy { $0.method == "HEAD" })
    }

    @Test func twoAtOnceFetchOnce() throws {
        let server = try server { _, _, _ in }
        defer { server.stop() }
        let bench = try Bench(server: server)
        let store = try bench.store()
        let options = bench.quick
        let results = try Parallelism(threads: 4).map(4) { _ in try store.pull("toy", options: options).hashes }
        #expect(results == Array(repeating: [tag], count: 4))
        #expect(server.requests.count { $0.method == "GET" } == 1)
    }
}

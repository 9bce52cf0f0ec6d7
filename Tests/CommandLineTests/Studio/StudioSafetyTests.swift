import Foundation
import TestSupport
import Testing

/// Who may ask the studio, and what it does with those who ask for too much, too slowly, or for what is not theirs.
@Suite struct StudioSafetyTests {
    @Test func otherSitesGetNothing() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(folder: folder)
            let own = "127.0.0.1:\(studio.port)"
            for host in [
                "evil.example", "evil.example:\(studio.port)", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", "",
            ] {
                let reply = try studio.curl("/api/health", ["-H", "Host: \(host)"])
                #expect(reply.status == 421 || (host.isEmpty && reply.status == 400), "\(host): \(reply.status)")
            }
            for host in [own, "localhost:\(studio.port)", "LOCALHOST", "[::1]:1"] {
                #expect(try studio.curl("/api/health", ["-H", "Host: \(host)"]).status == 200, "\(host)")
            }
            for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://\(own).evil.example", "file://"] {
                let asked = try studio.post("/api/conversations", [String: Any](), ["-H", "Origin: \(origin)"])
                #expect(asked.status == 403, "\(origin)")
                #expect(!asked.headers.lowercased().contains("access-control"))
                #expect(try studio.curl("/api/version", ["-H", "Origin: \(origin)"]).status == 403)
            }
            #expect(try studio.post("/api/conversations", [String: Any](), ["-H", "Origin: http://\(own)"]).status == 201)
            for site in ["cross-site", "same-site"] {
                #expect(try studio.curl("/api/version", ["-H", "Sec-Fetch-Site: \(site)"]).status == 403)
                #expect(try studio.curl("/", ["-H", "Sec-Fetch-Site: \(site)", "-H", "Sec-Fetch-Mode: no-cors"]).status == 403)
                let link = ["-H", "Sec-Fetch-Site: \(site)", "-H", "Sec-Fetch-Mode: navigate", "-H", "Sec-Fetch-Dest: document"]
                #expect(try studio.curl("/", link).status == 200)
                #expect(try studio.curl("/api/version", link).status == 403)
            }
            let preflight = try studio.curl("/api/photos", ["-X", "OPTIONS", "-H", "Origin: http://evil.example"])
            #expect(preflight.status == 403 && !preflight.headers.lowercased().contains("access-control"))
            let plain = try studio.curl("/api/match", ["-H", "Content-Type: text/plain"], body: Data("{}".utf8))
            #expect(plain.status == 400)
        }
    }

    @Test func nothingOutsideTheFoldersIsRead() throws {
        try withTemporaryDirectory { folder in
            let given = "\(folder)/given"
            let made = try Program.run(["example", "mug", "--output", given])
            try #require(made.exitCode == 0)
            try FileManager.default.copyItem(atPath: "\(given)/photo.png", toPath: "\(folder)/secret.png")
            try FileManager.default.createSymbolicLink(atPath: "\(given)/link.png", withDestinationPath: "\(folder)/secret.png")
            let studio = try StudioProcess(["--root", given], folder: folder)
            #expect(try studio.post("/api/photos", ["path": "\(given)/photo.png"]).status == 201)
            for path in [
                "\(folder)/secret.png", "\(given)/../secret.png", "\(given)/link.png", "/etc/passwd", "photo.png", "/proc/self/environ",
            ] {
                let reply = try studio.post("/api/photos", ["path": path])
                #expect(reply.status == 403, "\(path)")
                #expect(try reply.code() == "forbidden")
            }
            #expect(try studio.post("/api/photos", ["path": "\(given)/none.png"]).status == 404)
            #expect(try studio.curl("/api/files?folder=\(folder)").status == 403)
            let listing = try studio.curl("/api/files?folder=\(given)").json()
            #expect((listing["meshes"] as? [String])?.count == 1 && listing["parent"] == nil)
            for path in [
                "/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/script/..%2f..%2f..%2fetc%2fpasswd",
                "/script/../../Package.swift",
                "//etc/passwd", "/script", "/script/", "/.git/config",
            ] {
                let reply = try studio.curl(path, ["--path-as-is"])
                #expect(reply.status == 404 || reply.status == 400, "\(path): \(reply.status)")
                #expect(!String(decoding: reply.body, as: UTF8.self).contains("root:"))
            }
            let upload = try studio.post("/api/uploads").text("id")
            for name in ["../evil.png", "a/../../evil.png", "%2e%2e%2fevil.png", "/etc/evil", "..%5cevil.png"] {
                let reply = try studio.curl("/api/uploads/\(upload)?name=\(name)", ["-X", "PUT"], body: Data("x".utf8))
                #expect(reply.status == 403, "\(name)")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(studio.temporary)/evil.png"))
        }
    }

    @Test func anAddressNamesTheMethodsThatItTakes() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(folder: folder)
            let id = String(repeating: "0", count: 32)
            for (method, path, allowed) in [
                ("GET", "/api/match", "POST"), ("DELETE", "/api/health", "GET, HEAD"), ("PATCH", "/api/photos/\(id)", "DELETE, GET, HEAD"),
                ("POST", "/api/uploads/\(id)", "PUT"),
            ] {
                let reply = try studio.curl(path, ["-X", method])
                #expect(reply.status == 405, "\(method) \(path): \(reply.status)")
                #expect(reply.headers.lowercased().contains("allow: \(allowed.lowercased())\r\n"), "\(reply.headers)")
                #expect(try reply.code() == "usage")
            }
            #expect(try studio.curl("/api/health", ["--head"]).status == 200)
        }
    }

    @Test func tooMuchIsRefusedAndLeavesNothing() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(["--max-upload", "1", "--max-faces", "100"], folder: folder)
            let large = Data(count: 3 << 20)
            let known = try studio.curl("/api/photos", ["-H", "Content-Type: application/octet-stream", "-H", "Expect:"], body: large)
            #expect(known.status == 413)
            let chunked = try studio.curl(
                "/api/photos", ["-H", "Content-Type: application/octet-stream", "-H", "Transfer-Encoding: chunked", "-H", "Expect:"],
                body: large)
            #expect(chunked.status == 413)
            // A picture of 30,000 x 30,000 pixels in a few bytes, and a mesh of more faces than are taken.
            var bomb = Data("BM".utf8) + Data(count: 52)
            bomb.replaceSubrange(14..<18, with: [40, 0, 0, 0])
            for place in [18, 22] { bomb.replaceSubrange(place..<(place + 4), with: [0x30, 0x75, 0, 0]) }
            bomb.replaceSubrange(26..<30, with: [1, 0, 24, 0])
            let picture = try studio.curl("/api/photos", ["-H", "Content-Type: application/octet-stream"], body: bomb)
            #expect(picture.status == 422)
            #expect(String(decoding: picture.body, as: UTF8.self).contains("pixels"))
            let faces = "v 0 0 0\nv 1 0 0\nv 0 1 0\n" + String(repeating: "f 1 2 3\n", count: 200)
            let mesh = try studio.curl("/api/meshes?name=a.obj", ["-H", "Content-Type: application/octet-stream"], body: Data(faces.utf8))
            #expect(mesh.status == 422)
            let rubbish = try studio.curl("/api/meshes", ["-H", "Content-Type: application/octet-stream"], body: Data("hello".utf8))
            #expect(rubbish.status == 422)
            #expect(!String(decoding: rubbish.body, as: UTF8.self).contains(studio.temporary))
            #expect(Self.uploads(of: studio).isEmpty)
            #expect(try studio.isWell())
        }
    }

    @Test func slowAndVanishedClientsCostNothing() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(folder: folder)
            let (photo, mesh, click) = try studio.example()
            let before = Self.uploads(of: studio)
            // Many who say half a sentence, and some who go in the middle of an upload or of events.
            let slow = try (0..<100).map { _ in try RawConnection(port: studio.port) }
            for connection in slow { connection.send("GET /api/health HTTP/1.1\r\nHost: 127.0.0") }
            for _ in 0..<10 {
                let connection = try RawConnection(port: studio.port)
                connection.send(
                    "POST /api/photos HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\nabcdefgh")
                Thread.sleep(forTimeInterval: 0.02)
                connection.hangUp()
            }
            let asked = try studio.post("/api/match", ["photo": photo, "mesh": mesh, "click": click]).text("id")
            for _ in 0..<10 {
                let connection = try RawConnection(port: studio.port)
                connection.send("GET /api/answers/\(asked)/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                Thread.sleep(forTimeInterval: 0.02)
                connection.hangUp()
            }
            #expect(try studio.events(asked).last?.name == "answer")
            #expect(try studio.isWell())
            for _ in 0..<100 where Self.uploads(of: studio) != before { Thread.sleep(forTimeInterval: 0.05) }
            #expect(Self.uploads(of: studio) == before)
            for connection in slow { connection.hangUp() }
        }
    }

    @Test func whatCannotBeAnsweredEndsNothing() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(folder: folder)
            let (photo, mesh, _) = try studio.example()
            let cases: [(String, Any, Int)] = [
                ("/api/match", ["photo": photo, "mesh": mesh, "click": ["x": -1, "y": 0]], 422),
                ("/api/match", ["photo": photo, "mesh": mesh, "click": ["x": 1e300, "y": 0]], 400),
                ("/api/match", ["photo": photo, "mesh": mesh], 400),
                ("/api/match", ["photo": String(repeating: "0", count: 32), "mesh": mesh, "click": ["x": 1, "y": 1]], 404),
                ("/api/segment", ["mesh": mesh, "positive": [["vertex": 99_999_999]]], 400),
                ("/api/segment", ["mesh": mesh, "positive": [[String: Any]]()], 400),
                ("/api/locate", ["photo": photo, "mesh": mesh, "place": ["point": [1e308, 1e308]]], 400),
                ("/api/exports", ["mesh": mesh, "parts": [[String: Any]](), "formats": ["glb"]], 400),
                ("/api/alternatives", ["answer": String(repeating: "0", count: 32)], 404),
                ("/api/match", [1, 2, 3], 400),
            ]
            for (path, body, status) in cases {
                let reply = try studio.post(path, body)
                #expect(reply.status == status, "\(path) \(body): \(reply.status) \(String(decoding: reply.body, as: UTF8.self))")
                #expect(try !reply.code().isEmpty)
            }
            for path in ["/api/photos/nonsense", "/api/answers/\(photo)", "/api/nothing", "/api/photos/\(mesh)/picture"] {
                #expect(try studio.curl(path).status == 404, "\(path)")
            }
            #expect(try studio.curl("/api/photos/\(photo)/picture?side=abc").status == 400)
            #expect(try studio.curl("/api/health", ["-X", "DELETE"]).status == 405)
            #expect(try studio.isWell())
        }
    }

    @Test func ctrlCEndsItWithEverythingOpenAndLeavesNothing() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(folder: folder)
            let (photo, mesh, click) = try studio.example()
            #expect(!Self.uploads(of: studio).isEmpty)
            _ = try studio.post("/api/prepare", ["mesh": mesh])
            let asked = try studio.post("/api/match", ["photo": photo, "mesh": mesh, "click": click]).text("id")
            let open = try RawConnection(port: studio.port)
            open.send("GET /api/answers/\(asked)/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            let half = try RawConnection(port: studio.port)
            half.send("POST /api/photos HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\nabc")
            #expect(studio.interrupt() == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: studio.temporary).isEmpty)
            open.hangUp()
            half.hangUp()
        }
    }

    @Test func othersNeedTheToken() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(["--listen", "127.0.0.1"], folder: folder)
            let token = try #require(studio.printed.firstMatch(of: /token=([0-9a-f]{32})/).map { String($0.output.1) })
            for (path, arguments) in [
                ("/", []), ("/api/health", []), ("/?token=wrong", []), ("/api/health?token=\(token)", []),
                ("/api/health", ["-H", "Authorization: Bearer \(token.dropLast())"]), ("/api/health", ["-H", "Cookie: bsb-token=x"]),
            ] {
                #expect(try studio.curl(path, arguments).status == 401, "\(path)")
            }
            #expect(try studio.curl("/api/health", ["-H", "Authorization: Bearer \(token)"]).status == 200)
            let welcome = try studio.curl("/?token=\(token)")
            #expect(welcome.status == 303 && welcome.headers.contains("HttpOnly") && welcome.headers.contains("SameSite=Strict"))
            #expect(try studio.curl("/api/health", ["-H", "Cookie: a=b; bsb-token=\(token)"]).status == 200)
            #expect(
                try studio.curl("/api/health", ["-H", "Cookie: bsb-token=\(token)", "-H", "Origin: http://evil.example"]).status == 403)
        }
    }

    /// Files that clients uploaded or had made, as they lie on disk.
    private static func uploads(of studio: StudioProcess) -> Set<String> {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: studio.temporary)) ?? []
        return Set(names.filter { $0.firstMatch(of: /\.\w+$/) != nil || $0.hasSuffix("unnamed") })
    }
}

import BSBServing
import BSBStudio
import BSBWorkbench
import Foundation
import TestSupport
import Testing

/// `bsb studio` on a real port, asked by curl.
@Suite struct StudioTests {
    @Test func itAnswersAsTheCommandLineDoes() throws {
        try withTemporaryDirectory { folder in
            let made = try Program.run(["example", "mug", "--output", "\(folder)/mug"])
            try #require(made.exitCode == 0)
            let click = try String(contentsOfFile: "\(folder)/mug/click.txt", encoding: .utf8).trimmingCharacters(in: .newlines)
            let numbers = click.split(separator: ",").compactMap { Int($0) }
            let matched = try Program.run([
                "match", "--image", "\(folder)/mug/photo.png", "--mesh", "\(folder)/mug/mesh.obj", "--click", click, "--no-cache",
                "--views", "8",
                "--segment-views", "12", "--output", "\(folder)/match", "--json",
            ])
            let expected = try matched.json()
            let studio = try StudioProcess(folder: folder)
            let photo = try studio.upload("/api/photos?name=photo.png", file: "\(folder)/mug/photo.png")
            let mesh = try studio.upload("/api/meshes?name=my%20mug.obj", file: "\(folder)/mug/mesh.obj")
            #expect(photo.status == 201 && mesh.status == 201)
            #expect(try mesh.text("name") == "my mug.obj" && photo.text("name") == "photo.png")
            let asked = try studio.post(
                "/api/match", ["photo": photo.text("id"), "mesh": mesh.text("id"), "click": ["x": numbers[0], "y": numbers[1]]])
            try #require(asked.status == 202)
            let events = try studio.events(asked.text("id"))
            #expect(events.map(\.name).filter { $0 != "progress" } == ["masks", "buddy", "answer"])
            let last = Data((events.last?.data ?? "").utf8)
            let answer = try #require(try JSONSerialization.jsonObject(with: last) as? [String: Any])
            for name in ["vertex", "found", "grade", "pixel", "iou", "existence"] {
                #expect("\(answer[name] ?? "")" == "\(expected[name] ?? "")", "\(name)")
            }
            for name in ["part_mask.png", "object_mask.png", "labels.npy", "face_labels.npy", "probability.npy", "part.glb"] {
                let file = try studio.curl("/api/answers/\(asked.text("id"))/files/\(name)")
                #expect(file.status == 200)
                #expect(file.body == FileManager.default.contents(atPath: "\(folder)/match/\(name)"), "\(name)")
            }
            let picture = try studio.curl("/api/photos/\(photo.text("id"))/picture?side=64")
            #expect(picture.headers.contains("image/png") && picture.body.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
            #expect(studio.interrupt() == 0)
        }
    }

    @Test func thePageAndItsFilesAreServed() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(["--json"], folder: folder)
            #expect(studio.printed.hasPrefix("{\"address\":\"http://127.0.0.1:"))
            let page = try studio.curl("/")
            #expect(page.status == 200 && page.headers.contains("text/html"))
            let html = String(decoding: page.body, as: UTF8.self)
            let policy = try #require(page.headers.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-security-policy:") })
            #expect(policy.contains("script-src 'self'") && policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            #expect(html.firstMatch(of: /<script(?![^>]*src=)|\son\w+=|javascript:/) == nil, "a script in the page itself would not run")
            let sources = html.matches(of: /(?:src|href)="([^"#:]+)"/).map { String($0.output.1) }
            #expect(!sources.isEmpty)
            for source in sources {
                let file = try studio.curl(source.hasPrefix("/") ? source : "/\(source)")
                #expect(file.status == 200, "\(source)")
                if source.hasSuffix(".js") { #expect(file.headers.contains("text/javascript")) }
            }
        }
    }

    @Test func theDescriptionHasTheAddressesThatThereAre() throws {
        let data = try Data(contentsOf: DocumentationTests.root.appendingPathComponent("docs/openapi.json"))
        let description = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let paths = try #require(description["paths"] as? [String: [String: Any]])
        let described = Set(paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
        let service = try Service(try Workbench(cache: CacheDirectory(path: nil)), version: "test")
        let there = Routes(service).all.map { "\($0.method) \($0.path)" }
        #expect(Set(there).count == there.count)
        #expect(described == Set(there))
    }

    @Test func twoTabsAndManyClicksEndInTheLastAnswer() throws {
        try withTemporaryDirectory { folder in
            let studio = try StudioProcess(folder: folder)
            let (photo, mesh, click) = try studio.example()
            let tabs = try (0..<2).map { _ in try studio.post("/api/conversations").text("id") }
            var answers: [String: [String]] = [:]
            for number in 0..<10 {
                for tab in tabs {
                    let place = ["x": click["x"] as! Int + number % 3, "y": click["y"] as! Int]
                    let asked = try studio.post(
                        "/api/match", ["photo": photo, "mesh": mesh, "click": place, "conversation": tab, "turn": number])
                    answers[tab, default: []].append(try asked.text("id"))
                }
            }
            for tab in tabs {
                let ends = try answers[tab]!.map { try studio.events($0).last?.name }
                #expect(ends.last == "answer")
                #expect(ends.dropLast().allSatisfy { $0 == "withdrawn" || $0 == "answer" })
            }
            let health = try studio.curl("/api/health").json()
            #expect(health["running"] as? Int == 0)
            // Withdrawn and forgotten.
            let first = try #require(answers[tabs[0]]?.first)
            #expect(try studio.curl("/api/answers/\(first)", ["-X", "DELETE"]).status == 204)
            #expect(try studio.curl("/api/answers/\(first)").status == 404)
        }
    }

    @Test func theExamplesOfTheDocumentationRun() throws {
        try withTemporaryDirectory { folder in
            let text = try String(contentsOf: DocumentationTests.root.appendingPathComponent("docs/api.md"), encoding: .utf8)
            let blocks = text.matches(of: /```sh\n([\s\S]*?)```/).map { String($0.output.1) }
            #expect(blocks.count > 5)
            let made = try Program.run(["example", "mug", "--output", "mug"], in: folder)
            try #require(made.exitCode == 0)
            let studio = try StudioProcess(["--root", folder], folder: folder)
            // The first block starts the studio.
            let script = (["set -euo pipefail", "STUDIO=\(studio.address)"] + blocks.dropFirst()).joined(separator: "\n")
            let bash = Process()
            bash.executableURL = URL(fileURLWithPath: "/bin/bash")
            bash.arguments = ["-c", script]
            bash.currentDirectoryURL = URL(fileURLWithPath: folder)
            let (output, errors) = (Pipe(), Pipe())
            (bash.standardOutput, bash.standardError) = (output, errors)
            try bash.run()
            let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            bash.waitUntilExit()
            #expect(bash.terminationStatus == 0, "\(said.suffix(500)) \(complaints.suffix(500))")
            #expect(said.contains("event: answer") && said.contains("parts.glb"))
        }
    }
}

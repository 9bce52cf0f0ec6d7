import Foundation
import BSBImages
import Testing

/// No file of the user's is ever replaced, and a folder holds one answer.
@Suite struct KeptInputsTests {
    private func refused(_ folder: Folder, _ arguments: [String]) throws {
        let before = try folder.files("out")
        let run = try Program.run(arguments, in: folder.path)
        #expect(run.exitCode == 65 && run.errors.contains("would replace the input"), "\(run.errors)")
        #expect(try folder.files("out") == before && run.output.isEmpty)
    }

    @Test func byNameLinkAndCase() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/out", withIntermediateDirectories: true)
        let mesh = try folder.write("out/part.obj", FailureTests.cube)
        _ = try folder.write("cube.obj", FailureTests.cube)
        let files = FileManager.default
        try refused(folder, ["segment", mesh, "--click", "0", "--output", "out"])
        try files.moveItem(atPath: mesh, toPath: folder.path + "/out/Part.OBJ")
        try refused(folder, ["segment", "out/Part.OBJ", "--click", "0", "--output", "out"])
        try files.removeItem(atPath: folder.path + "/out/Part.OBJ")
        try files.linkItem(atPath: folder.path + "/cube.obj", toPath: folder.path + "/out/part.obj")
        try refused(folder, ["segment", "cube.obj", "--click", "0", "--output", "out"])
        try files.removeItem(atPath: folder.path + "/out/part.obj")
        try files.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "out")
        _ = try folder.write("out/part.obj", FailureTests.cube)
        try refused(folder, ["segment", "out/part.obj", "--click", "0", "--output", "link"])
        try Image(width: 20, height: 20).writePNG(to: folder.path + "/out/overview.png")
        try refused(folder, ["match", "--image", "out/overview.png", "--click", "1,1", "--mesh", "cube.obj", "--output", "./out/"])
    }

    @Test func materialsAndPicturesToo() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/out", withIntermediateDirectories: true)
        _ = try folder.write("out/part.mtl", "newmtl a\n")
        let mesh = try folder.write("out/cube.obj", "mtllib part.mtl\n" + FailureTests.cube)
        try refused(folder, ["segment", mesh, "--click", "0", "--output", folder.path + "/out"])
    }

    @Test(arguments: [["--output", ""], ["--output", "x", "--cache", ""]]) func emptyNamesAre64(_ options: [String]) throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", FailureTests.cube)
        let run = try Program.run(["segment", "cube.obj", "--click", "0"] + options, in: folder.path)
        #expect(run.exitCode == 64 && run.errors.contains("empty"), "\(run.errors)")
    }

    @Test func fullAndClosedStreams() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", FailureTests.cube)
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("bsb").path
        func run(_ redirection: String) throws -> Int32 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "\"$0\" inspect \"$1\" \(redirection)", program, mesh]
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }
        #expect(try run(">/dev/full 2>/dev/null") == 70)
        #expect(try run(">&- 2>/dev/null") == 70)
        #expect(try run(">/dev/null 2>&-") == 0)
        #expect(try run("none 2>/dev/full >/dev/null") == 64)
    }

    @Test func controlCharactersAreEscaped() throws {
        let folder = try Folder()
        let mesh = try folder.write("bad.obj", "v \u{1B}[31mred 0 0\n")
        let run = try Program.run(["inspect", mesh])
        #expect(run.exitCode == 65 && !run.errors.contains("\u{1B}") && run.errors.contains("\\u{1b}"), "\(run.errors)")
    }

    @Test func whatIsMissingIsToldByEveryCommand() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", "mtllib gone.mtl\n" + FailureTests.cube)
        try Image(width: 64, height: 48, fill: Color(200, 180, 160)).writePNG(to: folder.path + "/photo.png")
        let photo = ["--image", "photo.png", "--click", "10,10"]
        let commands = [
            ["render", mesh, "--count", "1", "--size", "32", "--output", "out"],
            ["segment", mesh, "--click", "0", "--segmenter", "lift", "--segment-views", "4", "--no-cache"],
            ["match"] + photo + ["--mesh", mesh, "--views", "4", "--no-cache"],
        ]
        for command in commands {
            let run = try Program.run(command, in: folder.path)
            let told = run.errors.split(separator: "\n").count { $0.contains("the material file 'gone.mtl' of") }
            #expect(told == 1, "\(command[0]): \(run.errors)")
        }
    }

    @Test func aMeshWithAnotherAxisUpIsDrawnUpright() throws {
        let folder = try Folder()
        // A cone that points along z, and the same along y.
        let corners = (0..<24).map { index -> (Double, Double) in
            (cos(Double(index) * .pi / 12), sin(Double(index) * .pi / 12))
        }
        func cone(_ point: (Double, Double, Double) -> String) -> String {
            let vertices = corners.map { point($0.0, $0.1, 0) } + [point(0, 0, 3)]
            return vertices.joined() + (1...24).map { "f \($0) \($0 % 24 + 1) 25\n" }.joined()
        }
        let upright = try folder.write("y.obj", cone { "v \($0) \($2) \(-$1)\n" })
        let lying = try folder.write("z.obj", cone { "v \($0) \($1) \($2)\n" })
        let view = ["--azimuth", "30", "--elevation", "20", "--size", "64", "--output"]
        for (mesh, options, name) in [(upright, [], "a"), (lying, ["--up", "z"], "b"), (lying, [], "c")] {
            let run = try Program.run(["render", mesh] + options + view + [name], in: folder.path)
            #expect(run.exitCode == 0, "\(run.errors)")
        }
        let pictures = try ["a", "b", "c"].map { try Image(contentsOf: "\(folder.path)/\($0)/view-0.png") }
        func differing(_ a: Image, _ b: Image) -> Int { zip(a.pixels, b.pixels).count { abs(Int($0) - Int($1)) > 8 } }
        #expect(differing(pictures[0], pictures[1]) < 60 && differing(pictures[0], pictures[2]) > 1000)
        #expect(try Program.run(["inspect", lying, "--up", "x"], in: folder.path).exitCode == 64)
    }

    @Test func clicksWithDecimals() throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", FailureTests.cube)
        try Image(width: 640, height: 480, fill: Color(200, 180, 160)).writePNG(to: folder.path + "/photo.png")
        let clicks = DocumentationTests.root.appendingPathComponent("Tests/ShapesTests/Cases/clicks-with-decimals.json").path
        let run = try Program.run(
            ["match", "--image", "photo.png", "--clicks", clicks, "--mesh", "cube.obj", "--views", "6", "--no-cache"], in: folder.path)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 2, "\(run.errors)")
        for (line, expected) in zip(lines, [[477, 144], [258, 203]]) {
            let result = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["result"] as? [String: Any]
            let click = result?["click"] as? [String: Any]
            #expect([click?["x"] as? Int, click?["y"] as? Int] == expected)
        }
        let one = try Program.run(
            ["segment-image", "photo.png", "--click", "12.5,30.9", "--json", "--no-cache"], in: folder.path)
        #expect(try one.json()["click"] as? [Int] == [12, 30], "\(one.errors)")
    }

    @Test func selectPrintsIndicesAlone() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", FailureTests.cube)
        let base = ["segment", mesh, "--click", "0", "--segmenter", "lift", "--segment-views", "6", "--no-cache"]
        let whole = try Program.run(base + ["--json"]).json()["segment"] as? [String: Any]
        for (kind, count) in [("faces", whole?["faces"] as? Int), ("vertices", whole?["vertices"] as? Int)] {
            let run = try Program.run(base + ["--select", kind])
            let list = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [Int])
            #expect(list.count == count && list == list.sorted(), "\(run.output) \(run.errors)")
        }
    }

    @Test func inspectTellsAndDraws() throws {
        let folder = try Folder()
        let table = DocumentationTests.root.appendingPathComponent("Tests/ShapesTests/Cases/gltf-four-legs-by-instancing.gltf").path
        let run = try Program.run(["inspect", table, "--output", folder.path + "/out", "--json"])
        let contents = try #require(try run.json()["contents"] as? [String: Any])
        let nodes = try #require(contents["nodes"] as? [[String: Any]])
        #expect(nodes.map { $0["name"] as? String } == ["top", "legs"] && nodes[1]["instances"] as? Int == 4)
        #expect(contents["unit"] as? String == "metre")
        #expect(try Image(contentsOf: folder.path + "/out/overview.png").width > 600)
        #expect(try Program.run(["inspect", table, "--max-faces", "59"]).exitCode == 65)
    }
}

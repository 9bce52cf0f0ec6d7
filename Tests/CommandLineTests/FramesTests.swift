import BSBImages
import Foundation
import Testing

/// `bsb match --images` from end to end, with the models that the program carries.
@Suite(.serialized) struct FramesTests {
    /// The example's photo from the first frame on, moved; one frame that cannot be read, and one that is empty.
    static func frames(_ folder: Folder) throws -> (click: String, mesh: String) {
        let example = try MatchTests.example(folder)
        let photo = try Image(contentsOf: example.image)
        try FileManager.default.createDirectory(atPath: folder.path + "/frames", withIntermediateDirectories: true)
        for (number, x) in [(1, 0), (2, 10), (10, -14)] {
            var canvas = Canvas(photo)
            if x != 0 { canvas.paste(photo, x: x, y: 0) }
            try canvas.image.writePNG(to: folder.path + "/frames/shot\(number).png")
        }
        _ = try folder.write("frames/shot3.png", "no picture")
        try Image(width: 200, height: 150, fill: Color(120, 120, 120)).writePNG(to: folder.path + "/frames/shot4.png")
        return (example.click, example.mesh)
    }

    @Test func aClickIsFollowedAndASecondRunGivesTheSameBytes() throws {
        let folder = try Folder()
        let (click, mesh) = try Self.frames(folder)
        let arguments = [
            "match", "--images", "frames/*.png", "--click", click, "--mesh", mesh, "--views", "24", "--json", "--cache",
            folder.path + "/cache", "--output",
        ]
        let first = try Program.run(arguments + ["a"], in: folder.path)
        #expect(first.exitCode == 0, "\(first.errors)")
        #expect(first.errors.contains("match: 5 of 5 frames") && first.errors.contains("a second"), "\(first.errors)")
        let result = try first.json()
        let frames = try #require(result["frames"] as? [[String: Any]])
        #expect(frames.map { $0["image"] as? String } == [1, 2, 3, 4, 10].map { "frames/shot\($0).png" })
        #expect(frames.map { $0["shown"] as? Bool } == [true, true, false, false, true])
        #expect(result["shown"] as? Int == 3 && result["unreadable"] as? Int == 1)
        #expect((frames[2]["explanation"] as? String)?.contains("not a PNG") == true)
        #expect(frames[3]["explanation"] as? String == "The part is not in this frame.")
        let masks = try ["001", "002", "005"].map { try Mask(contentsOf: "\(folder.path)/a/masks/frame-\($0).png") }
        #expect(try folder.files("a/masks") == ["frame-001.png", "frame-002.png", "frame-005.png"])
        // The handle of a picture that moves moves with it.
        let centers = masks.compactMap(\.centroid)
        #expect(abs(centers[1].x - centers[0].x - 10) < 8 && abs(centers[2].x - centers[0].x + 14) < 8, "\(centers)")
        let outputs = try #require(result["outputs"] as? [String])
        #expect(outputs.contains("frames.webp") && outputs.last == "result.json")
        let second = try Program.run(arguments + ["b", "--threads", "1"], in: folder.path)
        for file in outputs where file != "result.json" {
            let files = ["a", "b"].map { FileManager.default.contents(atPath: "\(folder.path)/\($0)/\(file)") }
            #expect(files[0] != nil && files[0] == files[1], "\(file) differs")
        }
        #expect(second.exitCode == 0)

        // A shorter film into the same folder: the masks of the longer one go.
        let one = try Program.run(
            [
                "match", "--images", "frames/shot1.png", "--click", click, "--mesh", mesh, "--views", "24", "--cache", "cache", "--output",
                "a",
            ],
            in: folder.path)
        #expect(one.exitCode == 0 && one.output.contains("1 of 1 frames"), "\(one.errors)")
        #expect(try folder.files("a/masks") == ["frame-001.png"])

        // No part is as likely as that.
        let none = try Program.run(
            ["match", "--images", "frames", "--click", click, "--mesh", mesh, "--views", "24", "--cache", "cache", "--min-existence", "1"],
            in: folder.path)
        #expect(none.exitCode == 2 && none.output.hasPrefix("No correspondence."), "\(none.output) \(none.errors)")
    }

    @Test func framesThatCannotBeUsed() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", FailureTests.cube)
        try FileManager.default.createDirectory(atPath: folder.path + "/film", withIntermediateDirectories: true)
        for number in 1...2 {
            _ = try folder.write("film/\(number).png", "no picture")
        }
        func run(_ words: [String]) throws -> Program.Run {
            try Program.run(["match"] + words + ["--click", "5,5", "--mesh", mesh, "--no-cache"], in: folder.path)
        }
        for missing in ["film/*.jpg", "film/3.png", "nowhere"] {
            let none = try run(["--images", missing])
            #expect(none.exitCode == 66 && none.errors.contains(missing), "\(none.errors)")
        }
        let first = try run(["--images", "film/*.png"])
        #expect(first.exitCode == 65 && first.errors.contains("film/1.png"), "\(first.errors)")
        for words in [
            ["--images", "film", "--image", "film/1.png"], [], ["--images", "film", "--alternatives", "2"],
            ["--images", "film", "--select", "faces"],
        ] {
            #expect(try run(words).exitCode == 64)
        }
    }

    @Test func noFrameIsReplaced() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", FailureTests.cube)
        try FileManager.default.createDirectory(atPath: folder.path + "/out/masks", withIntermediateDirectories: true)
        try Image(width: 20, height: 20).writePNG(to: folder.path + "/out/masks/anything.png")
        try FileManager.default.linkItem(atPath: folder.path + "/out/masks/anything.png", toPath: folder.path + "/linked.png")
        for frames in ["out/masks", "linked.png"] {
            let run = try Program.run(
                ["match", "--images", frames, "--click", "5,5", "--mesh", mesh, "--output", "out", "--no-cache"], in: folder.path)
            #expect(run.exitCode == 65 && run.errors.contains("would replace the input"), "\(run.errors)")
        }
        #expect(try folder.files("out/masks") == ["anything.png"])
    }
}

import BSBBasics
import Foundation
import BSBImages
import BSBShapes
import Testing

/// The main job from end to end, on an example that the program makes itself, with the models that it carries.
@Suite(.serialized) struct MatchTests {
    static let allFiles = [
        "face_labels.npy", "labels.npy", "object_mask.png", "overview.png", "part.glb", "part.mtl", "part.obj", "part.ply", "part_mask.png",
        "probability.npy", "result.json",
    ]

    /// The example of the demo, small so that the test is quick.
    static func example(_ folder: Folder) throws -> (image: String, click: String, mesh: String) {
        let made = try Program.run(["example", "guitar", "--output", folder.path + "/example", "--width", "320"])
        #expect(made.exitCode == 0, "\(made.errors)")
        let click = try String(contentsOfFile: folder.path + "/example/click.txt", encoding: .utf8)
        return (folder.path + "/example/photo.png", click.trimmingCharacters(in: .newlines), folder.path + "/example/mesh.obj")
    }

    @Test func aClickFindsItsPartAndASecondRunGivesTheSameBytes() throws {
        let folder = try Folder()
        let example = try Self.example(folder)
        let arguments = [
            "match", "--image", example.image, "--click", example.click, "--mesh", example.mesh, "--views", "24", "--json", "--cache",
            folder.path + "/cache", "--output",
        ]
        let first = try Program.run(arguments + [folder.path + "/a"])
        #expect(first.exitCode == 0, "\(first.errors)")
        #expect(try folder.files("a") == Self.allFiles)
        let result = try first.json()
        #expect(result["found"] as? Bool == true)
        #expect((result["outputs"] as? [String])?.sorted() == Self.allFiles)
        try Self.checkSizes(of: result, mesh: Mesh(contentsOf: example.mesh), photo: example.image, folder: folder.path + "/a")

        // Another number of threads, and everything from the cache.
        let second = try Program.run(arguments + [folder.path + "/b", "--threads", "1"])
        #expect(second.exitCode == 0)
        for file in Self.allFiles where file != "result.json" {
            let (a, b) = try (Data(contentsOf: Self.url(folder, "a", file)), Data(contentsOf: Self.url(folder, "b", file)))
            #expect(a == b, "\(file) differs")
        }
        var (a, b) = (result, try second.json())
        for varying in ["timings", "counts"] {
            a[varying] = nil
            b[varying] = nil
        }
        #expect(NSDictionary(dictionary: a) == NSDictionary(dictionary: b))
        let counts = try #require(try second.json()["counts"] as? [String: Int])
        #expect(counts["featureViews"] == 0 && counts["segmenterViews"] == 0, "the second run looks at nothing again: \(counts)")
    }

    /// A calibration that is given comes before that of the embedded pair.
    @Test func aCalibrationOfTheUsersSaysHowSureAnAnswerIs() throws {
        let folder = try Folder()
        let example = try Self.example(folder)
        let arguments = [
            "match", "--image", example.image, "--click", example.click, "--mesh", example.mesh, "--views", "24", "--json", "--cache",
            folder.path + "/cache",
        ]
        let models = try #require(try Program.run(arguments).json()["models"] as? [[String: String]]).compactMap { $0["hash"] }
        func existence(_ weights: [Double]) throws -> (found: Int32, existence: Double?) {
            let own: [String: Any] = ["direction": "photoToShape", "models": models, "weights": weights, "clicks": 1]
            let table = try JSONSerialization.data(withJSONObject: ["calibrations": [own]])
            let path = try folder.write("own.json", String(decoding: table, as: UTF8.self))
            let run = try Program.run(arguments + ["--calibration", path])
            return (run.exitCode, try run.json()["existence"] as? Double)
        }
        let (sure, never) = (try existence([3, 0, 0, 0]), try existence([-30, 0, 0, 0]))
        #expect(sure.found == 0 && abs((sure.existence ?? 0) - 1 / (1 + exp(-3))) < 1e-4)
        #expect(never.found == 2 && (never.existence ?? 1) < 1e-9)
        let broken = try Program.run(arguments + ["--calibration", example.mesh])
        #expect(broken.exitCode == 65 && broken.errors.contains("it is no file of calibrations"), "\(broken.errors)")
    }

    private static func checkSizes(of result: [String: Any], mesh: Mesh, photo: String, folder: String) throws {
        let vertex = try #require(result["vertex"] as? Int)
        #expect(mesh.vertices.indices.contains(vertex))
        let position = try #require(result["position"] as? [Double]).map { Float($0) }
        #expect(SIMD3(position[0], position[1], position[2]) == mesh.vertices[vertex], "positions are in the file's units")
        let probability = try NumPyArray(contentsOf: folder + "/probability.npy")
        #expect(probability.shape == [mesh.vertices.count])
        #expect(probability.floats().allSatisfy { (0...1).contains($0) })
        #expect(try NumPyArray(contentsOf: folder + "/face_labels.npy").shape == [mesh.fileFaceCount])
        let picture = try Image(contentsOf: photo)
        let part = try Mask(contentsOf: folder + "/part_mask.png")
        #expect(part.width == picture.width && part.height == picture.height)
        for name in ["part.ply", "part.glb", "part.obj"] {
            let written = try Mesh(contentsOf: "\(folder)/\(name)")
            // In the GLB the part has vertices of its own, so that those of its border come twice.
            if name == "part.glb" {
                let used = zip(mesh.vertices, mesh.referencedVertices()).filter(\.1).map(\.0)
                #expect(Set(written.vertices) == Set(used))
            } else {
                #expect(written.vertices.count == mesh.vertices.count, "\(name)")
            }
            #expect(written.faces.count == mesh.faces.count, "\(name)")
        }
        let segment = try #require(result["segment"] as? [String: Any])
        let labels = try NumPyArray(contentsOf: folder + "/labels.npy").bytes
        #expect(segment["vertices"] as? Int == labels.count { $0 != 0 })
        #expect(labels[vertex] != 0, "the buddy is in its own part")
    }

    private static func url(_ folder: Folder, _ sub: String, _ file: String) -> URL {
        URL(fileURLWithPath: "\(folder.path)/\(sub)/\(file)")
    }

    @Test func aDamagedCacheIsMadeAnew() throws {
        let folder = try Folder()
        let example = try Self.example(folder)
        let arguments = [
            "match", "--image", example.image, "--click", example.click, "--mesh", example.mesh, "--views", "8", "--json", "--cache",
            folder.path + "/cache",
        ]
        let first = try Program.run(arguments).json()
        for file in FileManager.default.enumerator(atPath: folder.path + "/cache")! {
            let path = folder.path + "/cache/\(file)"
            guard var data = FileManager.default.contents(atPath: path), data.count > 100 else { continue }
            data[data.count / 2] ^= 1
            try data.write(to: URL(fileURLWithPath: path))
        }
        let second = try Program.run(arguments)
        #expect(second.errors.contains("is damaged and is made anew"))
        let result = try second.json()
        #expect(result["vertex"] as? Int == first["vertex"] as? Int)
        #expect(result["iou"] as? Double == first["iou"] as? Double)
    }

    @Test func aRejectedCorrespondenceEndsWith2() throws {
        let folder = try Folder()
        let example = try Self.example(folder)
        let arguments = [
            "match", "--image", example.image, "--click", example.click, "--mesh", example.mesh, "--views", "8", "--json", "--cache",
            folder.path + "/cache",
        ]
        // The folder holds an answer with a part, none of whose files stay, and a file of the user's, which does.
        let earlier = try Program.run(arguments + ["--output", folder.path + "/out"])
        let iou = try #require(try earlier.json()["iou"] as? Double)
        #expect(try folder.files("out") == Self.allFiles)
        _ = try folder.write("out/mine.txt", "kept")
        let stricter = ["--min-iou", "\(min(1, iou + 1e-4))", "--output", folder.path + "/out"]
        let run = try Program.run(arguments + stricter)
        try #require(iou < 1, "an IoU of exactly 1 cannot be rejected; choose another click")
        #expect(run.exitCode == 2, "\(run.output) \(run.errors)")
        #expect(try run.json()["reason"] as? String == "belowMinimumIoU")
        #expect(try folder.files("out") == ["mine.txt", "object_mask.png", "overview.png", "part_mask.png", "result.json"])
    }

    /// Graphs of known arithmetic in place of models: features are mean colours, masks are discs around the click.
    private static var colorModels: [String] {
        let fixtures = DocumentationTests.root.appendingPathComponent("Tests/BackbonesTests/Fixtures").path
        let segmenter = ["encoder", "decoder"].map { "\(fixtures)/published/mobilesam-\($0).onnx" }
        return ["--feature-model", "\(fixtures)/tokens.onnx", "--segmenter-model", segmenter.joined(separator: ",")]
    }

    /// A photo of a disc of one colour in a square of another, on white.
    private static func disc(_ radius: Int, of inner: Color, in outer: Color) -> Image {
        var image = Image(width: 512, height: 512, fill: Color(255, 255, 255))
        for y in 100..<412 {
            for x in 100..<412 {
                let (dx, dy) = (x - 256, y - 256)
                image[x, y] = dx * dx + dy * dy < radius * radius ? inner : outer
            }
        }
        return image
    }

    // A grey mesh has no red part: every vertex leads back to the grey around it. A grey part in a red object it has.
    @Test(arguments: [false, true]) func aPartThatTheMeshLacksEndsWith2(hasPart: Bool) throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", FailureTests.cube)
        let (red, grey) = (Color(220, 30, 30), Color(225, 225, 225))
        // The part mask has a radius of 20 pixels: the red disc is more than that, so that no grey is near; the grey one is less.
        let photo = hasPart ? Self.disc(18, of: grey, in: red) : Self.disc(50, of: red, in: grey)
        try photo.writePNG(to: folder.path + "/photo.png")
        let arguments = ["match", "--image", "photo.png", "--click", "256,256", "--mesh", "cube.obj", "--views", "8", "--no-cache"]
        let run = try Program.run(arguments + ["--output", "out"] + Self.colorModels, in: folder.path)
        let part = ["face_labels.npy", "labels.npy", "part.glb", "part.mtl", "part.obj", "part.ply", "probability.npy"]
        #expect(run.exitCode == (hasPart ? 0 : 2), "\(run.output) \(run.errors)")
        #expect(try folder.files("out") == Self.allFiles.filter { hasPart || !part.contains($0) })
        let result = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.url(folder, "out", "result.json"))) as? [String: Any]
        #expect(result?["found"] as? Bool == hasPart)
        if !hasPart {
            #expect(
                run.output
                    == "No correspondence. No vertex of the mesh leads back into the clicked part, so the mesh seems to lack this part.\n")
            #expect(result?["reason"] as? String == "noCandidateQualifies")
        }
    }

    @Test func aPhotoOfOnePixelIsAnswered() throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", FailureTests.cube)
        try Image(width: 1, height: 1, fill: Color(120, 90, 60)).writePNG(to: folder.path + "/photo.png")
        let run = try Program.run(
            ["match", "--image", "photo.png", "--click", "0,0", "--mesh", "cube.obj", "--views", "8", "--no-cache", "--output", "out"],
            in: folder.path)
        #expect([0, 2].contains(run.exitCode), "\(run.errors)")
        #expect(run.output.split(separator: "\n").count == 1)
        let mask = try Mask(contentsOf: folder.path + "/out/part_mask.png")
        #expect(mask.width == 1 && mask.height == 1)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")))
    func twelveMegapixelsTakeLessThanAGigabyte() throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", FailureTests.cube)
        var photo = Image(width: 4000, height: 3000, fill: Color(240, 240, 235))
        for y in 800..<2200 { for x in 1200..<2800 { photo[x, y] = Color(UInt8(60 + x % 97), UInt8(40 + y % 89), 50) } }
        try photo.writeJPEG(to: folder.path + "/photo.jpg")
        let run = try Program.run(
            ["match", "--image", "photo.jpg", "--click", "2000,1500", "--mesh", "cube.obj", "--views", "8", "--no-cache", "--output", "o"],
            in: folder.path, watchesMemory: true)
        #expect([0, 2].contains(run.exitCode), "\(run.errors)")
        let peak = try #require(run.peakMemory)
        #expect(peak > 36_000_000, "the photo alone is larger")
        #expect(peak < 1_000_000_000)
    }
}

import Basics
import Foundation
import Images
import Shapes
import Testing

/// The main job from end to end, on an example that the program makes itself, with the models that it carries.
@Suite(.serialized) struct MatchTests {
    static let allFiles = [
        "face_labels.npy", "labels.npy", "object_mask.png", "overview.png", "part.glb", "part.obj", "part.ply", "part_mask.png",
        "probability.npy", "result.json",
    ]

    /// An example mug, small so that the test is quick.
    static func example(_ folder: Folder) throws -> (image: String, click: String, mesh: String) {
        let made = try Program.run(["example", "mug", "--output", folder.path + "/example", "--width", "320"])
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
            #expect(written.vertices.count == mesh.vertices.count, "\(name)")
            #expect(written.faces.count == mesh.faces.count, "\(name)")
        }
        let segment = try #require(result["segment"] as? [String: Any])
        let labels = try NumPyArray(contentsOf: folder + "/labels.npy").bytes
        #expect(segment["vertices"] as? Int == labels.count { $0 != 0 })
        #expect(labels[vertex] != 0 || (segment["threshold"] as? Double ?? 0) > 0.5, "the buddy is in its own part")
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
        let run = try Program.run([
            "match", "--image", example.image, "--click", example.click, "--mesh", example.mesh, "--views", "8", "--min-iou", "1",
            "--no-cache",
            "--output", folder.path + "/out",
        ])
        #expect(run.exitCode == 2, "\(run.output) \(run.errors)")
        #expect(run.output == "No correspondence. No vertex leads back to the clicked part with the minimum IoU.\n")
        #expect(try folder.files("out") == ["object_mask.png", "overview.png", "part_mask.png", "result.json"])
    }
}

import BSBBasics
import Foundation
import BSBImages
import BSBShapes
import Testing

/// The ways beside the main one from end to end, on an example that the program makes itself, with the models that it carries.
///
/// Where something is found depends on the models; that it is, on this example, what is written, and what agrees with what, does not.
@Suite(.serialized) struct BothWaysTests {
    /// One example and one cache for all tests of this suite.
    static let shared = Result { try Shared() }

    struct Shared: Sendable {
        let folder: Folder
        let image: String
        let click: String
        let mesh: String

        init() throws {
            folder = try Folder()
            (image, click, mesh) = try MatchTests.example(folder)
        }

        /// Runs a command that finds something.
        func run(_ arguments: [String]) throws -> (exitCode: Int32, json: [String: Any]) {
            let run = try Program.run(arguments + ["--views", "24", "--json", "--cache", folder.path + "/cache"])
            #expect(run.exitCode == 0, "\(run.errors)")
            let json = try run.json()
            if !["map", "transfer"].contains(arguments[0]) { #expect(json["found"] as? Bool == true) }
            return (run.exitCode, json)
        }

        func isWritten(_ json: [String: Any], in folder: String) -> Bool {
            let outputs = json["outputs"] as? [String] ?? []
            return outputs.last == "result.json"
                && outputs.allSatisfy { FileManager.default.fileExists(atPath: "\(self.folder.path)/\(folder)/\($0)") }
        }
    }

    @Test func aVertexIsLocatedAndASecondRunGivesTheSameBytes() throws {
        let shared = try Self.shared.get()
        let arguments = ["locate", "--image", shared.image, "--mesh", shared.mesh, "--vertex", "100", "--output"]
        let first = try shared.run(arguments + [shared.folder.path + "/locate-a"])
        let second = try shared.run(arguments + [shared.folder.path + "/locate-b", "--threads", "1"])
        #expect(shared.isWritten(first.json, in: "locate-a"))
        for file in first.json["outputs"] as? [String] ?? [] where file != "result.json" {
            let files = ["locate-a", "locate-b"].map { FileManager.default.contents(atPath: "\(shared.folder.path)/\($0)/\(file)") }
            #expect(files[0] == files[1], "\(file)")
        }
        #expect(first.json["vertex"] as? Int == 100)
        #expect((second.json["pixel"] as? [Int]) == (first.json["pixel"] as? [Int]))
        let point = try #require(first.json["position"] as? [Double]).map { "\($0)" }.joined(separator: ",")
        let byPoint = try shared.run(["locate", "--image", shared.image, "--mesh", shared.mesh, "--point", point])
        #expect(byPoint.json["position"] as? [Double] == first.json["position"] as? [Double])
    }

    @Test func aMapHasOneNumberingForPhotoAndMesh() throws {
        let shared = try Self.shared.get()
        let folder = shared.folder.path + "/map"
        let run = try shared.run([
            "map", "--image", shared.image, "--mesh", shared.mesh, "--object-click", shared.click, "--clicks", "30", "--output", folder,
        ])
        #expect(shared.isWritten(run.json, in: "map"))
        let regions = try #require(run.json["regions"] as? [[String: Any]])
        let photo = try Image(contentsOf: shared.image)
        let labels = try Image(contentsOf: folder + "/photo_labels.png")
        #expect(labels.width == photo.width && labels.height == photo.height)
        let vertexLabels = try #require(try NumPyArray(contentsOf: folder + "/vertex_labels.npy").integers())
        #expect(vertexLabels.count == (try Mesh(contentsOf: shared.mesh).vertices.count))
        for (index, region) in regions.enumerated() {
            let label = index + 1
            #expect(region["label"] as? Int == label)
            let lengths = try #require((region["segmentation"] as? [String: Any])?["counts"] as? [Int])
            let mask = try #require(Mask(width: photo.width, height: photo.height, columnMajorRunLengths: lengths))
            #expect(mask == (try Mask(contentsOf: String(format: "%@/masks/region-%02d.png", folder, label))))
            #expect(mask == Mask(width: photo.width, height: photo.height) { x, y in labels[x, y].red == UInt8(label) })
            #expect(vertexLabels.count { $0 == label } == region["labelledVertices"] as? Int)
            if region["found"] as? Bool == false { #expect(!vertexLabels.contains(label), "what has no counterpart is not on the mesh") }
        }
    }

    @Test func aDenseMapHasAPointForEachPixel() throws {
        let shared = try Self.shared.get()
        let folder = shared.folder.path + "/dense"
        let run = try shared.run([
            "map", "--image", shared.image, "--mesh", shared.mesh, "--object-click", shared.click, "--clicks", "10", "--dense", "--output",
            folder,
        ])
        #expect(shared.isWritten(run.json, in: "dense"))
        let dense = try #require(run.json["dense"] as? [String: Any])
        #expect(dense["folds"] as? Int == 0 && dense["step"] as? Double == 1)
        let (photo, mesh) = (try Image(contentsOf: shared.image), try Mesh(contentsOf: shared.mesh))
        func array(_ name: String) throws -> NumPyArray { try NumPyArray(contentsOf: "\(folder)/\(name).npy") }
        let shape = [photo.height, photo.width]
        let faces = try #require(try array("dense_faces").integers())
        let corners = try #require(try array("dense_corners").integers())
        let (weights, points) = (try array("dense_weights").floats(), try array("dense_points").floats())
        #expect(try array("dense_faces").shape == shape && array("dense_points").shape == shape + [3])
        let shown = faces.indices.filter { faces[$0] >= 0 }
        #expect(shown.count == dense["pixels"] as? Int && shown.count > photo.width * photo.height / 50)
        for pixel in shown.prefix(2000) {
            #expect(faces[pixel] < mesh.fileFaceCount)
            var point = SIMD3<Float>.zero
            for corner in 0..<3 { point += mesh.vertices[corners[3 * pixel + corner]] * weights[3 * pixel + corner] }
            let offset = point - SIMD3(points[3 * pixel], points[3 * pixel + 1], points[3 * pixel + 2])
            #expect((offset * offset).sum() < 1e-8)
        }
        let confidence = try array("dense_confidence").floats()
        #expect(confidence.indices.allSatisfy { (0...1.0001).contains(confidence[$0]) && (faces[$0] >= 0 || confidence[$0] == 0) })
        let places = try array("vertex_pixels").floats()
        let visible = mesh.vertices.indices.filter { !places[2 * $0].isNaN }
        #expect(visible.count == dense["vertices"] as? Int && visible.count > mesh.vertices.count / 20)
    }

    @Test func labelsOfAMeshComeBackToIt() throws {
        let shared = try Self.shared.get()
        let mesh = try Mesh(contentsOf: shared.mesh)
        var labels = ShapeLabels(names: mesh.groups.map(\.name), perFace: [Int](repeating: -1, count: mesh.fileFaceCount))
        for (index, group) in mesh.groups.enumerated() { for face in group.fileFaces { labels.perFace[Int(face)] = index } }
        let (file, folder) = (shared.folder.path + "/given.json", shared.folder.path + "/transfer")
        try labels.jsonData().write(to: URL(fileURLWithPath: file))
        let run = try shared.run(["transfer", "--from", shared.mesh, "--labels", file, "--mesh", shared.mesh, "--output", folder])
        #expect(shared.isWritten(run.json, in: "transfer"))
        let carried = try JSONDecoder().decode(ShapeLabels.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/labels.json")))
        #expect(carried.names == labels.names)
        let same = zip(labels.perFace, carried.perFace).count { $0 == $1 }
        // Votes are settled over the surface, so that borders move.
        #expect(10 * same > 9 * labels.perFace.count, "\(same) of \(labels.perFace.count) faces")
    }

    @Test func aClickedPartComesBackToItsMesh() throws {
        let shared = try Self.shared.get()
        let folder = shared.folder.path + "/transfer-click"
        let run = try shared.run(["transfer", "--from", shared.mesh, "--click", "100", "--mesh", shared.mesh, "--output", folder])
        #expect(shared.isWritten(run.json, in: "transfer-click"))
        let carried = try JSONDecoder().decode(ShapeLabels.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/labels.json")))
        #expect(carried.names == ["part", "rest"])
        let vertices = try #require(try NumPyArray(contentsOf: folder + "/vertex_labels.npy").integers())
        #expect(vertices[100] == 0 && vertices.contains(1))
        for wrong in [["--click", "999999"], ["--click", "1", "--labels", "x.json"], []] {
            let run = try Program.run(["transfer", "--from", shared.mesh, "--mesh", shared.mesh] + wrong)
            #expect(run.exitCode == 64, "\(wrong): \(run.errors)")
        }
    }

    @Test func aPartIsPaintedInThePhotosStyle() throws {
        let shared = try Self.shared.get()
        let folder = shared.folder.path + "/style"
        let run = try shared.run([
            "texture", "--image", shared.image, "--click", shared.click, "--mesh", shared.mesh, "--mode", "style", "--size", "256",
            "--output", folder,
        ])
        #expect(shared.isWritten(run.json, in: "style"))
        let shares = try #require(run.json["provenance"] as? [String: Double])
        #expect(shares["made"] == 1 && run.json["check"] == nil && run.json["mode"] as? String == "style")
    }

    @Test func aPhotoIsRelatedToItself() throws {
        let shared = try Self.shared.get()
        let folder = shared.folder.path + "/relate"
        let run = try shared.run([
            "relate", "--image", shared.image, "--image", shared.image, "--click", shared.click, "--mesh", shared.mesh, "--mesh",
            shared.mesh, "--output", folder,
        ])
        #expect(shared.isWritten(run.json, in: "relate"))
        let chains = try #require(run.json["chains"] as? [[String: Any]])
        #expect(chains.count == 2)
        #expect(chains[0]["pixel"] as? [Int] == chains[1]["pixel"] as? [Int], "the same mesh says the same")
        #expect(run.json["agreement"] as? Double == 1)
        #expect(try Mask(contentsOf: folder + "/mask.png").isEmpty == false)
        let pixel = try #require((run.json["direct"] as? [String: Any])?["pixel"] as? [Int])
        #expect(run.json["pixel"] as? [Int] == pixel && run.json["way"] as? String == "photos")
        #expect(try Mask(contentsOf: folder + "/mask.png") == Mask(contentsOf: folder + "/direct_mask.png"))
        let through = try shared.run([
            "relate", "--image", shared.image, "--image", shared.image, "--click", shared.click, "--mesh", shared.mesh, "--by", "meshes",
            "--output", folder,
        ])
        #expect(through.json["pixel"] as? [Int] == chains[0]["pixel"] as? [Int] && through.json["way"] as? String == "meshes")
        #expect(try Mask(contentsOf: folder + "/mask.png") == Mask(contentsOf: folder + "/meshes_mask.png"))
    }

    @Test func aTextureIsWrittenInBothFormats() throws {
        let shared = try Self.shared.get()
        let folder = shared.folder.path + "/texture"
        let run = try shared.run([
            "texture", "--image", shared.image, "--click", shared.click, "--mesh", shared.mesh, "--size", "256", "--output", folder,
        ])
        #expect(shared.isWritten(run.json, in: "texture"))
        let mesh = try Mesh(contentsOf: shared.mesh)
        for name in ["textured.glb", "textured.obj"] {
            let read = try Mesh(contentsOf: "\(folder)/\(name)")
            #expect(read.faces.count == mesh.faces.count)
            let appearance = try #require(read.appearance, "\(name)")
            let painted = appearance.materialOfFace.indices.filter {
                appearance.materials[Int(appearance.materialOfFace[$0])].picture != nil
            }
            #expect(!painted.isEmpty)
            for face in painted {
                for place in appearance.coordinates[(3 * face)..<(3 * face + 3)] {
                    #expect((0...1).contains(place.x) && (0...1).contains(place.y))
                }
            }
        }
        #expect(run.json["overlappingTexels"] as? Int == 0)
    }

    @Test func manyClicksGiveALineEach() throws {
        let shared = try Self.shared.get()
        let single = try shared.run([
            "match", "--image", shared.image, "--click", shared.click, "--mesh", shared.mesh, "--alternatives", "2", "--output",
            shared.folder.path + "/single",
        ])
        #expect(shared.isWritten(single.json, in: "single"))
        let clicks = try shared.folder.write(
            "clicks.json", "[[\(shared.click)], {\"name\": \"part\", \"mask\": \"single/part_mask.png\"}]")
        let run = try Program.run([
            "match", "--image", shared.image, "--clicks", clicks, "--mesh", shared.mesh, "--views", "24", "--cache",
            shared.folder.path + "/cache", "--output", shared.folder.path + "/batch",
        ])
        #expect([0, 2].contains(run.exitCode), "\(run.errors)")
        let lines = try run.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.map { $0["name"] as? String } == ["0", "part"])
        let results = lines.compactMap { $0["result"] as? [String: Any] }
        #expect(results[0]["vertex"] as? Int == single.json["vertex"] as? Int)
        #expect(results[0]["iou"] as? Double == single.json["iou"] as? Double)
        let masks = try ["single", "batch/0", "batch/part"].map { try Mask(contentsOf: "\(shared.folder.path)/\($0)/part_mask.png") }
        #expect(masks[0] == masks[1] && masks[0] == masks[2])
    }
}

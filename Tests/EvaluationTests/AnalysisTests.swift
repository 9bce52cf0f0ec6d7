import BSBBasics
import BSBCorrespondence
import Foundation
import BSBImages
import BSBPhotography
import BSBAnswering
import BSBResults
import BSBWorkbench
import BSBShapes
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct MeshChangeTests {
    @Test(arguments: MeshChange.allCases) func changedMeshesKeepTheirParts(_ change: MeshChange) throws {
        let shape = tower()
        let (changed, back) = change.applied(to: shape, seed: 3)
        try changed.mesh.validate()
        #expect(changed.labels.perFace.count == changed.mesh.fileFaceCount)
        let before = try EvaluationShape(shape, settings: Settings())
        let after = try EvaluationShape(changed, settings: Settings())
        #expect(abs(before.vertexShare(of: "base") - after.vertexShare(of: "base")) < 0.15)
        // Points that are changed back lie within the block again.
        for vertex in changed.mesh.vertices {
            let point = back(vertex)
            #expect(abs(point.x) < 0.56 && abs(point.y) < 1.06 && abs(point.z) < 0.56)
        }
        if change == .subdivided { #expect(changed.mesh.faces.count == 4 * shape.mesh.faces.count) }
        #expect((after.opened.clusters != nil) == (change == .clustered))
        if change == .decimated { #expect(changed.mesh.vertices.count < shape.mesh.vertices.count / 2) }
        #expect((changed.hash == shape.hash) == (change == .otherViews))
    }

    @Test func rigidChangesLeadBackExactly() {
        let shape = tower()
        for change in [MeshChange.translated, .scaled, .turned, .rotated] {
            let (changed, back) = change.applied(to: shape, seed: 1)
            for (old, new) in zip(shape.mesh.vertices, changed.mesh.vertices) {
                let offset = back(new) - old
                #expect((offset * offset).sum() < 1e-8)
            }
        }
    }
}

@Suite struct AnalysisTests {
    private static func options(_ samples: Int) -> EvaluationOptions {
        var options = EvaluationOptions()
        (options.samples, options.photoSize, options.clicksPerPhoto) = (samples, 64, 2)
        return options
    }

    private func evaluator(_ samples: Int, returned: ReturnedPhotos? = nil) -> Evaluator {
        let data = MemoryDataSet(shapes: [tower()])
        return Evaluator(Subjects(data, data.entries, at: testBench()), options: Self.options(samples), returned: returned)
    }

    @Test func variantsAnswerTheSameClicks() throws {
        try withTemporaryDirectory { folder in
            let names = [
                "default", "k-1", "means", "whitening", "mirrored", "default-sizes", "max", "lights", "normals", "last-resort",
                "object-box",
            ]
            let variants = Ablation.all(from: testBench().settings).filter { names.contains($0.name) }
            #expect(variants.count == names.count)
            let evaluation = AblationEvaluator(evaluator(4), variants: variants)
            let records = try evaluation.run(folder: folder).records
            #expect(records.count == 4)
            #expect(records.allSatisfy { $0.answers.count == 2 * names.count })
            #expect(try evaluation.run(folder: folder).records == records)
            let plain = try evaluator(4).run(folder: "\(folder)/plain").records
            #expect(plain.map { $0.answers["default"] } == records.map { $0.answers["default"] })
            let rows: [Facts] = try #require(evaluation.summary(of: records)["variants"])
            #expect(rows.first?["gain"]?.mean == 0)
            #expect(rows.first { $0["name"] == "last-resort" }?["coverage"]?.mean == 1)
            #expect(Set(Ablation.all(from: Settings()).map(\.name)).count == Ablation.all(from: Settings()).count)
        }
    }

    @Test func movedMeshesKeepTheirAnswers() throws {
        try withTemporaryDirectory { folder in
            let evaluation = InvarianceEvaluator(evaluator(4), changes: [.translated, .subdivided])
            let records = try evaluation.run(folder: folder).records
            #expect(records.count == 4)
            let summary = evaluation.summary(of: records)
            let changes: [Facts] = try #require(summary["changes"])
            let unchanged: Facts = try #require(summary["unchanged"])
            #expect(changes.map { $0["name"] } == ["translated", "subdivided"])
            #expect(records.allSatisfy { $0.changes.count == 2 })
            #expect(unchanged["right"]?.mean == Double(records.count { $0.part == $0.clicked }) / 4)
            #expect(changes[1]["right"]?.mean == Double(records.count { $0.changes["subdivided"]?.part == $0.clicked }) / 4)
            // Moving a mesh changes nothing but rounding, which may tip a tie.
            #expect(try #require(changes[0]["samePart"]).mean >= 0.75)
        }
    }

    @Test func clicksAllOverAnObject() throws {
        let mesh = try OpenMesh(tower().mesh, name: "tower", hash: "tower")
        let shape = try EvaluationShape(tower(), settings: Settings())
        let photo = try #require(
            try EvaluationStudio(size: .init(64)).photo(of: shape, subject: PhotoSubject(mesh: shape.opened.scene.mesh), number: 0))
        let bench = testBench()
        let prepared = OpenPhoto(photo.image, name: "photo")
        let map = try ClickMap(of: prepared, object: Click(Pixel(x: 32, y: 32)), on: mesh, count: 20, at: bench)
        #expect(map.clicks.count == 20)
        #expect(Set(map.clicks.map { SIMD2($0.x, $0.y) }).count == 20)
        for click in map.clicks {
            #expect((0...1).contains(click.iou))
            #expect((click.vertex == nil) == (click.qualifyingShare == 0))
        }
        let picture = try map.picture(of: prepared, on: mesh, side: 64)
        #expect(picture.height == 64 && picture.width == 4 * 64 + 3 * 8)
        #expect(throws: Failure.self) { try ClickMap.pixels(of: Mask(width: 4, height: 4), count: 3, seed: 0) }
    }
}

@Suite struct DepthExportTests {
    private func evaluator(_ returned: ReturnedPhotos? = nil) -> Evaluator {
        var options = EvaluationOptions()
        (options.samples, options.photoSize) = (4, 64)
        let data = MemoryDataSet(shapes: [tower()])
        return Evaluator(Subjects(data, data.entries, at: testBench()), options: options, returned: returned)
    }

    @Test func picturesComeBack() throws {
        try withTemporaryDirectory { folder in
            let export = try evaluator().exportDepth(to: "\(folder)/depth")
            #expect(export.photos.count == 2)
            #expect(throws: Failure.self) { try ReturnedPhotos(contentsOf: "\(folder)/depth") }
            for photo in export.photos {
                let depth = try Image(contentsOf: "\(folder)/depth/\(photo.depth)")
                #expect(depth.width == 64 && depth.height == 64)
                // What is clicked is not background.
                for click in photo.clicks { #expect(depth[click.x, click.y].red > 0) }
            }
            // Pictures of twice the size.
            let large = try Image(contentsOf: "\(folder)/depth/\(export.photos[0].depth)").resized(width: 128, height: 128)
            try large.writePNG(to: "\(folder)/depth/\(export.photos[0].stem).png")
            let returned = try ReturnedPhotos(contentsOf: "\(folder)/depth")
            let records = try evaluator(returned).run(folder: "\(folder)/run").records
            #expect(records.count == export.photos[0].clicks.count)
            #expect(records.map { $0.click.x / 2 } == export.photos[0].clicks.map(\.x))
            #expect(records.allSatisfy { $0.partMaskIoU != nil })
            #expect(throws: Failure.self) { try evaluator().run(folder: "\(folder)/run") }
        }
    }

    @Test(arguments: ["", "{", "[]", "{\"photos\": 3}"]) func damagedExports(_ text: String) throws {
        try withTemporaryDirectory { folder in
            try write(["photos.json": text], in: folder)
            #expect(throws: Failure.self) { try ReturnedPhotos(contentsOf: folder) }
        }
    }

    @Test func depthMapsHoldSixteenBits() throws {
        let values = (0..<64).map { UInt16($0 * 1040) }
        let data = try DeepGreyImage(width: 8, height: 8, values: values).pngData()
        // Width, height and bit depth of the header.
        #expect(Array(data[16..<26]) == [0, 0, 0, 8, 0, 0, 0, 8, 16, 0])
        let image = try Image.decode(data, name: "depth.png")
        #expect((0..<64).allSatisfy { abs(Int(image.pixels[3 * $0]) - Int(values[$0] >> 8)) <= 1 })
    }
}

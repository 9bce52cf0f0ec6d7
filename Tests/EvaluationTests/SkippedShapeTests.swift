import BSBBasics
import BSBLibrary
import BSBPhotography
import BSBShapes
import BSBWorkbench
import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

/// One bad shape is a row in a list, not the end of the run: in every experiment.
@Suite struct SkippedShapeTests {
    /// Two towers; the files of the third are damaged, and those of the fourth are gone.
    struct DamagedDataSet: LabelledDataSet {
        var good: [LabelledShape]
        var bad = [ShapeEntry(category: "Tower", id: "3"), ShapeEntry(category: "Tower", id: "4")]
        var entries: [ShapeEntry] { good.map(\.entry) + bad }

        init(good: Int = 2) {
            self.good = (0..<good).map { number in
                var shape = tower(side: 5 + number)
                (shape.entry.id, shape.hash) = ("\(number + 1)", "tower \(number)")
                return shape
            }
        }

        func shape(_ entry: ShapeEntry) throws -> LabelledShape {
            if let shape = good.first(where: { $0.entry == entry }) { return shape }
            let kind: Failure.Kind = entry.id == "3" ? .badInput : .missingInput
            throw Failure(kind, "reading the mesh", path: "towers/\(entry.id).obj", reason: "there are | no triangles")
        }
    }

    private static func evaluator(_ samples: Int = 8, _ kind: EvaluationOptions.ProtocolKind = .same, good: Int = 2) -> Evaluator {
        var options = EvaluationOptions()
        (options.samples, options.photoSize, options.clicksPerPhoto, options.protocolKind) = (samples, 48, 1, kind)
        options.segments = false
        let data = DamagedDataSet(good: good)
        return Evaluator(Subjects(data, data.entries, at: testBench()), options: options)
    }

    /// Runs an experiment twice, the second time from its log, and looks at what was skipped, in the summary and in its table.
    private func check<E: Experiment>(_ experiment: E, sourceLocation: SourceLocation = #_sourceLocation) throws -> [E.Record] {
        try withTemporaryDirectory { folder in
            let measured = try experiment.run(folder: folder)
            #expect(!measured.records.isEmpty, sourceLocation: sourceLocation)
            #expect(measured.skipped.map(\.shape) == ["Tower/3", "Tower/4"], sourceLocation: sourceLocation)
            #expect(measured.skipped.allSatisfy { $0.reason.contains("no triangles") }, sourceLocation: sourceLocation)
            let log = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/samples.jsonl"))
            let again = try experiment.run(folder: folder)
            #expect(again.skipped == measured.skipped, sourceLocation: sourceLocation)
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/samples.jsonl")) == log, sourceLocation: sourceLocation)
            var published = experiment.summary(of: measured.records)
            published.head = SummaryHead(
                version: "0", command: "test", models: experiment.models, settings: experiment.bench.settings, seconds: 1,
                skipped: measured.skipped)
            try published.write(to: folder, name: E.name)
            let text = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(E.name).json"))
            let keys = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any], sourceLocation: sourceLocation)
            #expect(
                (keys["skipped"] as? [[String: String]])?.map { $0["shape"] } == ["Tower/3", "Tower/4"], sourceLocation: sourceLocation)
            for key in ["schema", "command", "version", "models", "settings", "seconds"] {
                #expect(keys[key] != nil, "\(key)", sourceLocation: sourceLocation)
            }
            #expect(
                published.table.contains("| Tower/4 | reading the mesh 'towers/4.obj': there are / no triangles |"),
                sourceLocation: sourceLocation)
            return measured.records
        }
    }

    @Test func clicksInPhotosOfTheMeshItself() throws {
        #expect(try check(Self.evaluator()).map(\.sample) == [0, 1, 4, 5])
    }

    /// A bad shape is neither a target nor photographed.
    @Test func clicksInPhotosOfOtherShapes() throws {
        let records = try check(Self.evaluator(12, .cross))
        #expect(Set(records.flatMap { [$0.source, $0.target] }) == ["Tower/1", "Tower/2"])
    }

    @Test func analysesOfClicks() throws {
        let variants = Ablation.all(from: testBench().settings).filter { ["default", "k-1"].contains($0.name) }
        _ = try check(AblationEvaluator(Self.evaluator(4), variants: variants))
        _ = try check(InvarianceEvaluator(Self.evaluator(4), changes: [.translated]))
        _ = try check(ReverseEvaluator(Self.evaluator(4)))
        _ = try check(DenseEvaluator(Self.evaluator(4), subject: .same, usesTrueMask: true))
        _ = try check(TransferEvaluator(Self.evaluator(16, .cross)))
    }

    @Test func partsThatAreCutOut() throws {
        let data = DamagedDataSet()
        var options = EvaluationOptions()
        (options.samples, options.photoSize) = (4, 48)
        _ = try check(ExistenceEvaluator(Subjects(data, data.entries, at: testBench()), options: options))
    }

    @Test func segments() throws {
        let data = DamagedDataSet(good: 1)
        var options = SegmentEvaluation.Options()
        (options.methods, options.corrections) = ([.ball], 0)
        _ = try check(SegmentEvaluation(Subjects(data, data.entries, at: testBench()), options: options))
    }

    @Test func realPhotos() throws {
        try withTemporaryDirectory { folder in
            let (data, options) = (DamagedDataSet(), Self.evaluator().options)
            let shape = try EvaluationShape(data.good[0], settings: Settings())
            let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
            var studio = EvaluationStudio(size: .init(48), clicks: 1, seed: 3)
            studio.part = "top"
            let photos = try (0..<2).map { number in
                let photo = try #require(try studio.photo(of: shape, subject: subject, number: number))
                try photo.image.writePNG(to: "\(folder)/\(number).png")
                try #require(photo.partMasks.first).writePNG(to: "\(folder)/\(number)-top.png")
                return PhotoClicks.Photo(
                    image: "\(folder)/\(number).png", category: "Tower", clicks: photo.clicks, masks: ["top": "\(folder)/\(number)-top.png"]
                )
            }
            let clicks = PhotoClicks(photos: photos)
            let records = try check(
                PhotoEvaluator(Subjects(data, data.entries, at: testBench()), clicks: clicks, options: options))
            #expect(records.map(\.target) == ["Tower/1", "Tower/1", "Tower/2", "Tower/2"])
            var pairs = PhotoPairOptions()
            (pairs.samples, pairs.meshes) = (2, 4)
            let bench = testBench(segmenter: HalfSegmenter(objectRows: 1..<7))
            let related = try check(RelateEvaluator(Subjects(data, data.entries, at: bench), clicks: clicks, options: pairs))
            #expect(related.allSatisfy { $0.meshes.count == 2 })
        }
    }

    @Test func searchesOfALibrary() throws {
        try withTemporaryDirectory { folder in
            let data = DamagedDataSet(good: 2)
            for shape in data.good { try AtomicFile.write(shape.mesh.objData(), to: "\(folder)/meshes/\(shape.entry.id).obj") }
            let library = try MeshLibrary(creating: folder + "/library")
            _ = try LibraryAdder(to: library, at: testBench()).add([folder + "/meshes"])
            var options = LibraryEvaluator.Options()
            (options.searches, options.photoSize) = (8, 48)
            _ = try check(LibraryEvaluator(in: library, Subjects(data, data.entries, at: testBench()), options: options))
        }
    }

    @Test func depthMaps() throws {
        try withTemporaryDirectory { folder in
            let export = try Self.evaluator().exportDepth(to: folder)
            #expect(export.photos.map(\.number) == [0, 1, 4, 5])
            #expect(export.skipped?.map(\.shape) == ["Tower/3", "Tower/4"])
        }
    }

    @Test func aRunWithoutAnyGoodShapeFails() throws {
        try withTemporaryDirectory { folder in
            let refused = try failure { try Self.evaluator(good: 0).run(folder: folder) }
            #expect(refused.kind == .badInput && refused.path == "towers/3.obj")
            #expect(refused.reason.contains("none of 2 shapes can be used"))
        }
    }

    /// What is wrong with the models, and not with a shape, ends the run.
    @Test func otherFailuresEndTheRun() throws {
        let skips = SkippedShapes()
        let entry = ShapeEntry(category: "Tower", id: "1")
        #expect(throws: Failure.self) { try skips.using(entry) { throw Failure(.missingModel, "loading", reason: "it is not there") } }
        #expect(skips.rows().isEmpty)
        #expect(try skips.using(entry) { throw Failure(.badInput, "reading", reason: "damaged") } == nil)
        #expect(try skips.using(entry) { 1 } == nil, "a bad shape is not read again and again")
        // A later run forgets what it could use, and keeps what it did not try.
        let later = SkippedShapes()
        _ = try later.using(entry) { 1 }
        let earlier = [SkippedShape(shape: "Tower/0", reason: "a"), SkippedShape(shape: "Tower/1", reason: "b")]
        #expect(later.rows(with: earlier).map(\.shape) == ["Tower/0"])
    }

    /// A log that was cut within a shape's records is made whole: by photo alone, shapes that were half done would have counted as done.
    @Test func shapesThatWereCutShortAreDoneAgain() throws {
        try withTemporaryDirectory { folder in
            let data = DamagedDataSet()
            var options = EvaluationOptions()
            (options.samples, options.photoSize) = (16, 48)
            let evaluator = try ExistenceEvaluator(Subjects(data, data.entries, at: testBench()), options: options)
            let all = try evaluator.run(folder: folder).records
            let log = "\(folder)/samples.jsonl"
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            let photos = Set(all.filter { $0.shape == "Tower/2" }.map(\.photo))
            #expect(photos.count > 1)
            try AtomicFile.write(lines.dropLast().joined(separator: "\n") + "\n" + lines.last!.prefix(20), to: log)
            #expect(try evaluator.run(folder: folder).records == all)
        }
    }
}

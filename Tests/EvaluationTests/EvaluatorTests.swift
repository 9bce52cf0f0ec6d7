import BSBBasics
import BSBCorrespondence
import BSBPhotography
import BSBShapes
import BSBWorkbench
import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct EvaluatorTests {
    private static func options(_ samples: Int) -> EvaluationOptions {
        var options = EvaluationOptions()
        options.samples = samples
        options.photoSize = 64
        return options
    }

    private static var data: MemoryDataSet {
        var second = tower(side: 5)
        second.entry.id = "2"
        second.hash = "second"
        return MemoryDataSet(shapes: [tower(), second])
    }

    private func run(_ options: EvaluationOptions, threads: Int = 1, folder: String) throws -> [SampleRecord] {
        try Evaluator(Subjects(Self.data, Self.data.entries, at: testBench(threads: threads)), options: options).run(
            folder: folder
        ).records
    }

    @Test func samplesAreTheSameOnAnyNumberOfThreadsAndWhenResumed() throws {
        try withTemporaryDirectory { folder in
            let alone = try run(Self.options(6), folder: "\(folder)/a")
            let threaded = try run(Self.options(6), threads: 3, folder: "\(folder)/b")
            #expect(alone == threaded)
            #expect(alone.map(\.sample) == [0, 1, 2, 3, 4, 5])
            let log = "\(folder)/a/samples.jsonl"
            let text = try String(contentsOfFile: log, encoding: .utf8)
            let lines = text.split(separator: "\n")
            // Cut off within a line of the second photo, whose other click is intact.
            try AtomicFile.write(lines.prefix(3).joined(separator: "\n") + "\n" + lines[3].prefix(20), to: log)
            #expect(try run(Self.options(6), folder: "\(folder)/a") == alone)
            #expect(try String(contentsOfFile: log, encoding: .utf8) == text)
            #expect(throws: Failure.self) { try run(Self.options(7), folder: "\(folder)/a") }
        }
    }

    @Test func answersAreJudgedByTheirPart() throws {
        try withTemporaryDirectory { folder in
            var options = Self.options(8)
            options.protocolKind = .cross
            let records = try run(options, folder: folder)
            #expect(!records.isEmpty)
            for record in records {
                #expect(record.source != record.target)
                #expect(record.partExists && record.partShare > 0.2)
                for answer in record.answers.values {
                    #expect(answer.correct == (answer.part == record.click.part))
                    #expect((answer.vertex == nil) == (answer.part == nil))
                }
                #expect(record.answers[Method.nearestVertex.rawValue]?.vertex != nil)
            }
            let summary = Summary(of: records, options: options)
            #expect(summary["samples"] == records.count)
            let methods = try #require(summary["methods"] as [Facts]?).map { $0["method"] ?? "" }
            #expect(methods.first == "default")
            // The default settings are not the published ones only where they do better.
            #expect(methods.contains("bsb"))
            #expect(methods.last == "chance")
            #expect(summary.table.contains("Nearest vertex"))
        }
    }

    @Test func photosShowTheClickedPart() throws {
        let shape = try EvaluationShape(tower(), settings: Settings())
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        let studio = EvaluationStudio(size: .init(64), clicks: 3, seed: 5)
        for number in 0..<6 {
            let photo = try #require(try studio.photo(of: shape, subject: subject, number: number))
            #expect((1...3).contains(photo.clicks.count))
            for (click, mask) in zip(photo.clicks, photo.partMasks) {
                #expect(mask[click.x, click.y])
                #expect(shape.part(of: try #require(click.vertex)) == click.part)
            }
            let again = try #require(try studio.photo(of: shape, subject: subject, number: number))
            #expect(again.image == photo.image && again.clicks == photo.clicks)
        }
    }

    @Test func smallPartsAreClickedAsOftenAsLargeOnesIfSoAsked() throws {
        var labelled = tower(side: 12)
        // The top is the lid alone, a fifth of what is seen or less.
        labelled.labels.perFace = labelled.mesh.faces.map { face in
            (0..<3).allSatisfy { labelled.mesh.vertices[Int(face[$0])].y > 0.99 } ? 1 : 0
        }
        let shape = try EvaluationShape(labelled, settings: Settings())
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        func share(of sampling: VertexSampling) throws -> Double {
            let studio = EvaluationStudio(size: .init(64), sampling: sampling, clicks: 12, seed: 2)
            let photos = try (0..<8).compactMap { try studio.photo(of: shape, subject: subject, number: $0) }
                .filter { Set($0.clicks.map(\.part)).count == 2 }
            let clicks = photos.flatMap(\.clicks)
            return Double(clicks.count { $0.part == "top" }) / Double(max(1, clicks.count))
        }
        let (byPart, byArea) = (try share(of: .part), try share(of: .area))
        #expect((0.35...0.65).contains(byPart), "\(byPart)")
        #expect(byArea < byPart - 0.1, "\(byArea), by part \(byPart)")
    }

    @Test func onePartMayBeAskedFor() throws {
        let shape = try EvaluationShape(tower(), settings: Settings())
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        var studio = EvaluationStudio(size: .init(64), seed: 1)
        studio.part = "base"
        #expect(try studio.photo(of: shape, subject: subject, number: 0)?.clicks.allSatisfy { $0.part == "base" } == true)
        studio.part = "handle"
        #expect(try studio.photo(of: shape, subject: subject, number: 0) == nil)
    }

    @Test func aPartCanBeCutOut() throws {
        var whole = tower()
        let count = whole.mesh.faces.count
        whole.mesh.appearance = SurfaceAppearance(
            materials: [.init(name: "a"), .init(name: "b")], materialOfFace: whole.labels.perFace.map { Int32($0) },
            coordinates: (0..<3 * count).map { [Float($0), 0] })
        let cut = whole.without("top")
        #expect(cut.mesh.appearance?.materialOfFace == [Int32](repeating: 0, count: cut.mesh.faces.count))
        #expect(cut.mesh.appearance?.coordinates.count == 3 * cut.mesh.faces.count)
        #expect(cut.mesh.vertices == whole.mesh.vertices)
        #expect(cut.mesh.faces.count < whole.mesh.faces.count)
        #expect(cut.hash != whole.hash)
        let shape = try EvaluationShape(cut, settings: Settings())
        #expect(shape.vertexShare(of: "top") == 0)
        #expect(shape.vertexShare(of: "base") == 1)
        try cut.mesh.validate()
    }

    private static func counterparts(_ summary: Summary) -> [String?]? { (summary["kinds"] as [Facts]?)?.map { $0["counterpart"] } }

    @Test func existenceIsMeasuredWithAndWithoutThePart() throws {
        try withTemporaryDirectory { folder in
            let evaluator = try ExistenceEvaluator(Subjects(Self.data, Self.data.entries, at: testBench()), options: Self.options(8))
            let records = try evaluator.run(folder: folder).records
            #expect(records.count { $0.counterpart == .present } == records.count { $0.counterpart == .cut })
            #expect(records.contains { $0.counterpart == .painted })
            #expect(Set(records.map(\.sample)).count == records.count)
            #expect(try evaluator.run(folder: folder).records == records)
            let summary = evaluator.summary(of: records)
            #expect(Self.counterparts(summary) == ["present", "cut", "painted"])
            let curve = try #require((summary["curves"] as [String: ROCCurve]?)?["bestIoU"])
            #expect((0...1).contains(curve.area))
            let fitted: ExistenceCalibration = try #require(summary["fitted"])
            #expect(fitted.weights.count == 7 && fitted.direction == .photoToShape)
        }
    }

    @Test func existenceIsMeasuredInRealPhotosOfKnownKinds() throws {
        try withTemporaryDirectory { folder in
            try writePhotos(of: ["towers", "cars"], in: "\(folder)/photos")
            let ground = Subjects(Self.data, Self.data.entries, at: testBench())
            func records(_ meshes: [String]) throws -> [ExistenceRecord] {
                let table = KindTable([
                    "tower": .init(photos: ["towers"], meshes: meshes), "car": .init(photos: ["cars"], meshes: ["car"]),
                ])
                let photos = try KindPhotos(in: folder + "/photos", table)
                return try ExistenceEvaluator(ground, options: Self.options(8), photos: photos).run(folder: "\(folder)/\(meshes.count)")
                    .records
            }
            let found = try records(["tower"])
            #expect(!found.isEmpty && found.count { $0.counterpart == .present } == found.count { $0.counterpart == .other })
            #expect(found.allSatisfy { [.present, .other].contains($0.counterpart) && $0.part.isEmpty })
            #expect(Set(found.map(\.sample)).count == found.count)
            let summary = try ExistenceEvaluator(ground, options: Self.options(8)).summary(of: found)
            #expect(Self.counterparts(summary) == ["present", "other"])
            #expect(try records(["tree", "bush"]).isEmpty, "a shape of no kind is not asked about")
            let none = try #require(throws: Failure.self) {
                try KindPhotos(in: folder + "/none", KindTable(["car": .init(photos: ["cars"], meshes: [])]))
            }
            #expect(none.kind == .missingInput)
        }
    }

    @Test func aCalibrationThatIsRightIsReliable() {
        // The logarithm of the odds is the share of candidates that qualify, times 4, less 2; of ten with odds 0 half have the part.
        let calibration = ExistenceCalibration(.photoToShape, models: [], weights: [-2, 4, 0, -2, 4, 0, 0], clicks: 1)
        func judged(_ share: Double, _ exists: Bool) -> JudgedEvidence {
            JudgedEvidence(
                evidence: ExistenceEvidence(bestIoU: 0, qualifyingShare: share, similarity: 0, objectSimilarity: 0), exists: exists,
                category: "")
        }
        let all = (0..<10).map { judged(0.5, $0 < 5) } + (0..<5).map { _ in judged(1, true) } + (0..<5).map { _ in judged(0, false) }
        let rows = all.reliability(of: calibration)
        #expect(rows.map(\.from) == [0, 0.4, 0.8] && rows.map(\.clicks) == [5, 10, 5])
        #expect(rows.map(\.seen) == [0, 0.5, 1] && abs(rows[1].said - 0.5) < 1e-9)
    }

    @Test func paintedSpotsAreClicked() throws {
        let shape = try EvaluationShape(tower(), settings: Settings())
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        var studio = EvaluationStudio(size: .init(64), clicks: 1, seed: 5)
        let plain = try #require(try studio.photo(of: shape, subject: subject, number: 3))
        studio.paintsSpot = true
        let painted = try #require(try studio.photo(of: shape, subject: subject, number: 3))
        #expect(painted.clicks.count == 1)
        #expect(painted.image != plain.image)
    }
}

import BSBBasics
import BSBCorrespondence
import Foundation
import BSBImages
import BSBPhotography
import BSBAnswering
import BSBResults
import BSBWorkbench
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct ReverseTests {
    private static func options(_ samples: Int, _ kind: EvaluationOptions.ProtocolKind = .same) -> EvaluationOptions {
        var options = EvaluationOptions()
        (options.samples, options.photoSize, options.protocolKind) = (samples, 64, kind)
        return options
    }

    private static var data: MemoryDataSet {
        var second = tower(side: 5)
        (second.entry.id, second.hash) = ("2", "second")
        return MemoryDataSet(shapes: [tower(), second])
    }

    private func evaluator(_ options: EvaluationOptions, threads: Int = 1) -> ReverseEvaluator {
        let bench = testBench(threads: threads, segmenter: HalfSegmenter(objectRows: 1..<7))
        return ReverseEvaluator(Evaluator(Subjects(Self.data, Self.data.entries, at: bench), options: options))
    }

    private func run(_ options: EvaluationOptions, threads: Int = 1, folder: String) throws -> [ReverseRecord] {
        try evaluator(options, threads: threads).run(folder: folder).records
    }

    @Test func recordsAreTheSameOnAnyNumberOfThreadsAndWhenResumed() throws {
        try withTemporaryDirectory { folder in
            let alone = try run(Self.options(6), folder: "\(folder)/a")
            #expect(try run(Self.options(6), threads: 3, folder: "\(folder)/b") == alone)
            #expect(alone.map(\.sample) == [0, 1, 2, 3, 4, 5])
            let log = "\(folder)/a/samples.jsonl"
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            try AtomicFile.write(lines.prefix(2).joined(separator: "\n") + "\n", to: log)
            #expect(try run(Self.options(6), folder: "\(folder)/a") == alone)
            #expect(throws: Failure.self) { try run(Self.options(7), folder: "\(folder)/a") }
        }
    }

    @Test func theClickedVertexIsSoughtInAPhotoOfItsMesh() throws {
        try withTemporaryDirectory { folder in
            let (options, records) = (Self.options(12), try run(Self.options(12), folder: folder))
            for record in records {
                #expect(record.source == record.target && record.vertex == record.click.vertex)
                #expect(record.pixelShare > 0 && record.pixelShare < 1 && record.objectIoU > 0 && record.objectIoU < 1)
                #expect(Set(record.answers.keys) == ["locate", "nearest-pixel", "round-trip", "nearest-round-trip"])
                for answer in record.answers.values {
                    #expect((answer.pixel == nil) == (answer.maskIoU == nil))
                    if answer.pixel == nil { #expect(!answer.correct) }
                }
                // The features tell high from low, and so do the parts, so what leads back must not be far off.
                #expect(record.answers["nearest-round-trip"]?.pixel != nil)
            }
            let summary = evaluator(options).summary(of: records)
            #expect(summary["samples"] == 12 && summary["withoutPart"] == 0)
            let scores: [Facts] = try #require(summary["scores"])
            #expect(scores.map { $0["method"] } == ["locate", "nearest-pixel", "chance", "round-trip", "nearest-round-trip"])
            #expect(scores.allSatisfy { $0["success"]?.n == 12 })
            #expect(scores[0]["lead"] == nil && scores[3]["lead"] == nil && scores[1]["lead"] != nil)
            #expect(summary.table.contains("| Photo to shape to photo: this package's default | 12 |"))
            let takenOut = records.compactMap(\.takenOut)
            #expect(!takenOut.isEmpty && records.contains { $0.evidence != nil })
            #expect(summary["refusedTakenOut"]?.n == takenOut.count)
            // The embedded pair's score is not these models'.
            let areas: [String: Double] = try #require(summary["areas"])
            #expect(Set(areas.keys).isSubset(of: ["qualifyingShare", "similarity", "leftOut"]) && areas.count >= 2)
            let fitted: ExistenceCalibration = try #require(summary["fitted"])
            #expect(fitted.direction == .shapeToPhoto && fitted.weights.count == 3)
            #expect(fitted.clicks == takenOut.count + records.count { $0.evidence != nil })
            #expect(summary.table.contains("Parts taken out of the object"))
        }
    }

    /// Answers are judged by what the photo shows, which is photographed again here.
    @Test func pixelsAreJudgedByTheLabelsUnderThem() throws {
        try withTemporaryDirectory { folder in
            let records = try run(Self.options(8), folder: folder)
            var judged = 0
            for (shape, name) in Self.data.shapes.map({ ($0, $0.entry.name) }) {
                let shape = try EvaluationShape(shape, settings: Settings())
                let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
                let studio = EvaluationStudio(size: .init(64), clicks: 2, seed: 0)
                for record in records where record.source == name {
                    let photo = try #require(try studio.photo(of: shape, subject: subject, number: record.photo))
                    let mask = try #require(zip(photo.clicks, photo.partMasks).first { $0.0 == record.click }?.1)
                    for answer in record.answers.values {
                        guard let pixel = answer.pixel else { continue }
                        #expect(answer.correct == mask[pixel[0], pixel[1]])
                        judged += 1
                    }
                }
            }
            #expect(judged > 8)
        }
    }

    @Test func aVertexOfThePartIsSoughtInPhotosOfOtherShapes() throws {
        try withTemporaryDirectory { folder in
            let records = try run(Self.options(6, .cross), folder: folder)
            #expect(records.count == 6)
            for record in records {
                #expect(record.source != record.target)
                let shape = try EvaluationShape(
                    try #require(Self.data.shapes.first { $0.entry.name == record.target }), settings: Settings())
                #expect(shape.part(of: try #require(record.vertex)) == record.click.part)
            }
        }
    }

    @Test func scoresCountNoAnswerAsWrong() throws {
        let right = PixelAnswer(pixel: [1, 2], correct: true, maskIoU: 0.5)
        let wrong = PixelAnswer(pixel: [1, 2], correct: false, maskIoU: 0.1)
        let answers = [(right, 0), (wrong, 0), (PixelAnswer.none, 1), (right, 1)]
        let score = Facts.score("a", title: "A", of: answers, by: \.1, answer: \.0, standard: { _ in right })
        #expect(score["success"]?.mean == 0.5 && score["success"]?.n == 4)
        #expect(score["coverage"]?.mean == 0.75 && score["precision"]?.n == 3)
        #expect(abs((score["precision"]?.mean ?? 0) - 2.0 / 3) < 1e-6)
        #expect(abs((score["maskIoU"]?.mean ?? 0) - 1.1 / 3) < 1e-6)
        #expect(score["lead"]?.mean == 0.5)
        let shares = [(0.25, right), (0.75, PixelAnswer.none)]
        let chance = Facts.score(chance: "C", of: shares, by: \.0, share: \.0, standard: \.1)
        #expect(chance["success"]?.mean == 0.5 && chance["lead"]?.mean == 0 && chance["coverage"] == nil)
        #expect(Facts.score("a", title: "A", of: [PixelAnswer](), by: \.self, answer: { $0 })["success"] == nil)
    }
}

@Suite struct RelateEvaluationTests {
    /// Photos of towers with the masks of their parts, and a list of them.
    private func photos(_ folder: String, count: Int = 4) throws -> PhotoClicks {
        let shape = try EvaluationShape(tower(), settings: Settings())
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        var studio = EvaluationStudio(size: .init(64), clicks: 2, seed: 3)
        var list: [[String: Any]] = []
        for number in 0..<count {
            var (clicks, masks): ([[String: Any]], [String: String]) = ([], [:])
            for part in ["base", "top"] {
                studio.part = part
                let photo = try #require(try studio.photo(of: shape, subject: subject, number: number))
                let mask = try #require(photo.partMasks.first)
                // The scene of a photo depends on what is clicked, so each part has a photo of its own.
                let name = "\(number)-\(part)"
                try photo.image.writePNG(to: "\(folder)/\(name).png")
                try mask.writePNG(to: "\(folder)/\(name)-mask.png")
                clicks = photo.clicks.map { ["x": $0.x, "y": $0.y, "part": $0.part] }
                masks = [part: "\(name)-mask.png"]
                list.append(["image": "\(name).png", "category": "Tower", "clicks": clicks, "masks": masks])
            }
        }
        let file = "\(folder)/clicks.json"
        try JSONSerialization.data(withJSONObject: ["photos": list]).write(to: URL(fileURLWithPath: file))
        return try PhotoClicks(contentsOf: file)
    }

    private func evaluator(_ clicks: PhotoClicks, samples: Int = 6, threads: Int = 1) -> RelateEvaluator {
        var second = tower(side: 5)
        (second.entry.id, second.hash) = ("2", "second")
        let data = MemoryDataSet(shapes: [tower(), second])
        var options = PhotoPairOptions()
        (options.samples, options.clicksPerPair) = (samples, 2)
        let bench = testBench(threads: threads, segmenter: HalfSegmenter(objectRows: 1..<7))
        return RelateEvaluator(Subjects(data, data.entries, at: bench), clicks: clicks, options: options)
    }

    @Test func clicksAreSoughtInOtherPhotos() throws {
        try withTemporaryDirectory { folder in
            let clicks = try photos(folder)
            #expect(clicks.photos.allSatisfy { $0.masks?.values.allSatisfy { $0.hasPrefix(folder) } == true })
            let records = try evaluator(clicks).run(folder: "\(folder)/run").records
            #expect(records.map(\.sample) == Array(0..<6))
            for record in records {
                #expect(record.first != record.second)
                #expect(record.meshes.count == 2 && record.direct.pixel != nil)
                #expect((record.vote.pixel == nil) == (record.confidence == nil))
                #expect(record.vote == .none || record.meshes.values.contains(record.vote))
                let mask = try Mask(
                    contentsOf: record.second.replacingOccurrences(of: ".png", with: "-mask.png"))
                let pixel = try #require(record.direct.pixel)
                #expect(record.direct.correct == mask[pixel[0], pixel[1]])
                #expect(record.second.contains(record.click.part))
            }
            #expect(try evaluator(clicks, threads: 2).run(folder: "\(folder)/threads").records == records)
            let log = "\(folder)/run/samples.jsonl"
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            try AtomicFile.write(lines.prefix(2).joined(separator: "\n") + "\n", to: log)
            #expect(try evaluator(clicks).run(folder: "\(folder)/run").records == records)
            let scores: [Facts] = try #require(evaluator(clicks).summary(of: records)["scores"])
            #expect(scores.map { $0["method"] } == ["default", "vote", "single", "direct", "chance"])
            #expect(scores.map { $0["success"]?.n } == [6, 6, 12, 6, 6])
            let right = records.count { $0.vote.pixel != nil && $0.direct.correct }
            #expect(try abs(#require(scores[0]["success"]).mean - Double(right) / 6) < 1e-6)
        }
    }

    @Test func photosWithoutMasksAndMasksOfAnotherSizeAreRefused() throws {
        try withTemporaryDirectory { folder in
            let clicks = try photos(folder, count: 2)
            let bare = PhotoClicks(photos: clicks.photos.map { .init(image: $0.image, category: $0.category, clicks: $0.clicks) })
            let unmasked = evaluator(bare)
            #expect(try failure { try unmasked.run(folder: "\(folder)/a") }.kind == .usage)
            for path in clicks.photos.flatMap({ ($0.masks ?? [:]).values }) {
                try Mask(width: 9, height: 9).complement.writePNG(to: path)
            }
            let masked = evaluator(clicks)
            let refused = try failure { try masked.run(folder: "\(folder)/b") }
            #expect(refused.kind == .badInput && refused.path?.hasSuffix("-mask.png") == true)
        }
    }

    @Test func pairsShowTheClickedPart() {
        func photo(_ name: String, _ category: String, _ parts: [String]) -> PhotoClicks.Photo {
            let clicks = parts.flatMap { part in (0..<3).map { LabelledClick(x: $0, y: 0, part: part) } }
            return .init(image: name, category: category, clicks: clicks, masks: Dictionary(uniqueKeysWithValues: parts.map { ($0, $0) }))
        }
        let photos = [
            photo("a", "Cup", ["body", "handle"]), photo("b", "Cup", ["body"]), photo("c", "Plier", ["handle"]),
            photo("d", "Cup", ["handle"]), photo("e", "Cup", ["lid"]),
        ]
        var options = PhotoPairOptions()
        (options.samples, options.clicksPerPair, options.seed) = (50, 4, 7)
        let plan = PhotoPairPlan(photos, options: options)
        #expect(plan.pairs.reduce(0) { $0 + $1.clicks.count } == 50)
        #expect(Set(plan.pairs.map(\.first)) == [0, 1, 3], "scissors and lids have no partner")
        for pair in plan.pairs {
            #expect(pair.first != pair.second && photos[pair.first].category == photos[pair.second].category)
            #expect(pair.clicks.allSatisfy { photos[pair.second].masks?[$0.part] != nil && photos[pair.first].clicks.contains($0) })
            #expect(Set(pair.clicks.map { SIMD2($0.x, $0.part.count) }).count == pair.clicks.count, "no click twice")
        }
        #expect(PhotoPairPlan(photos, options: options).pairs == plan.pairs)
        #expect(PhotoPairPlan([photos[0]], options: options).pairs.isEmpty)
    }
}

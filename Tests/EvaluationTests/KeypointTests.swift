import BSBBackbones
import BSBBasics
import Foundation
import BSBImages
import TestSupport
import Testing

@testable import BSBEvaluation

/// Finds by features that are known what has to be found.
@Suite struct KeypointTests {
    /// A grid of random unit features over a picture of `side` pixels, eight pixels a cell; the pattern is moved by whole cells.
    private func grid(_ cells: Int, movedBy offset: SIMD2<Int> = [0, 0], seed: UInt64 = 3, noise: Float = 0) -> FeatureGrid {
        var values: [Float] = []
        var noises = SeededGenerator(seed: seed, stream: 99)
        for row in 0..<cells {
            for column in 0..<cells {
                let (x, y) = (column - offset.x + 64, row - offset.y + 64)
                var generator = SeededGenerator(seed: 7, stream: UInt64(y * 1000 + x))
                var feature = (0..<16).map { _ in generator.gaussian() + noise * noises.gaussian() }
                let length = feature.reduce(0) { $0 + $1 * $1 }.squareRoot()
                feature = feature.map { $0 / length }
                values += feature
            }
        }
        return FeatureGrid(columns: cells, rows: cells, dimension: 16, values: values, map: PlaneMap(scaleX: 1 / 8, scaleY: 1 / 8))
    }

    private func photo(_ grid: FeatureGrid) -> KeypointMatcher.Photo {
        KeypointMatcher.Photo(grid, width: 8 * grid.columns, height: 8 * grid.rows)
    }

    @Test func aMovedPatternIsFoundWhereItWent() {
        let points: [SIMD2<Float>] = [[36, 44], [60, 60], [84, 52]]
        let found = KeypointMatcher().matches(of: points, from: photo(grid(16)), to: photo(grid(16, movedBy: [2, -1])))
        for (point, match) in zip(points, found) {
            let wanted = point + [16, -8]
            #expect(abs(match.nearest.x - wanted.x) <= 4 && abs(match.nearest.y - wanted.y) <= 4, "\(point) \(match)")
            #expect(abs(match.mutual.x - wanted.x) <= 4 && abs(match.mutual.y - wanted.y) <= 4, "\(point) \(match)")
            #expect(abs(match.voted.x - wanted.x) <= 4 && abs(match.voted.y - wanted.y) <= 4, "\(point) \(match)")
        }
    }

    @Test func neighboursOutvoteNoise() {
        let points = (0..<5).flatMap { y in (0..<5).map { SIMD2<Float>(36 + 16 * Float($0), 36 + 16 * Float(y)) } }
        let found = KeypointMatcher().matches(of: points, from: photo(grid(16)), to: photo(grid(16, movedBy: [1, 1], noise: 1.6)))
        func right(_ answer: KeyPath<KeypointMatcher.Match, SIMD2<Float>>) -> Int {
            zip(points, found).count { point, match in
                let off = match[keyPath: answer] - point - [8, 8]
                return abs(off.x) <= 8 && abs(off.y) <= 8
            }
        }
        #expect(right(\.voted) >= 22, "\(right(\.voted)) of 25")
        #expect(right(\.voted) > right(\.nearest), "\(right(\.voted)), by features alone \(right(\.nearest))")
    }

    @Test func onlyCellsOfThePictureAnswer() {
        let photo = KeypointMatcher.Photo(grid(16), width: 128, height: 70)
        #expect(photo.columns == 32)
        // Centres of the doubled grid are at 2, 6, 10, ... 66.
        #expect(photo.rows == 17)
        #expect(photo.centers.allSatisfy { $0.y < 70 })
    }

    /// An extractor that gives every picture the pattern that its first pixel names.

    private func write(_ keypoints: [String: [[Float]]], in folder: String) throws {
        for (index, name) in keypoints.keys.sorted().enumerated() {
            let path = "\(folder)/\(name)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Image(width: 128, height: 128, fill: Color(UInt8(index), 0, 0)).writePNG(to: path)
        }
        try AtomicFile.write(JSONEncoder().encode(keypoints), to: "\(folder)/keypoints.json", operation: "writing a test file")
    }

    @Test func sharesAreThoseOfTheAnswers() throws {
        try withTemporaryDirectory { folder in
            // The second photo shows the first one's pattern moved by (16, -8) pixels; its last keypoint is 16 pixels off, in a box of 48.
            try write(
                [
                    "a/1.png": [[36, 44], [60, 60], [84, 52]], "a/2.png": [[52, 36], [76, 52], [100, 60]], "b/3.png": [[1, 1], [9, 9]],
                ], in: folder)
            let set = try KeypointSet(contentsOf: folder)
            #expect(set.pairs.count == 2)
            let patterns = PatternExtractor { index in index == 1 ? grid(16, movedBy: [2, -1]) : grid(16) }
            var bench = testBench(threads: 2)
            bench.extractor = patterns
            let evaluator = KeypointEvaluator(set, at: bench)
            let records = try evaluator.run(folder: folder + "/out").records
            #expect(try evaluator.run(folder: folder + "/out").records == records, "a finished run goes on with nothing")
            let summary = evaluator.summary(of: records)
            let groups: [Facts] = try #require(summary["groups"])
            #expect(groups.map { $0["name"] } == ["all", "a"])
            for key in ["nearest", "mutual", "voted"] {
                let scores: [Facts] = try #require(groups[0][key])
                #expect(scores.map { $0["within"] } == [0.05, 0.1, 0.15])
                #expect(try abs(#require(scores[1]["share"]).mean - 4.0 / 6) < 0.01)
                #expect(scores[0]["share"]?.n == 6)
            }
            #expect(summary.table.contains("| a | "))
        }
    }

    @Test func filesThatAreNotKeypointsAreRefused() throws {
        try withTemporaryDirectory { folder in
            #expect(throws: Failure.self) { try KeypointSet(contentsOf: folder) }
            for text in [
                "{}", "[1]", #"{"a/1.png": [[1, 2]]}"#, #"{"a/1.png": [[1, 2], [3]]}"#,
                #"{"a/1.png": [[1,2],[3,4]], "a/2.png": [[1,2],[3,4],[5,6]]}"#,
            ] {
                try AtomicFile.write(text, to: "\(folder)/keypoints.json", operation: "writing a test file")
                #expect(throws: Failure.self, "\(text)") { try KeypointSet(contentsOf: folder) }
            }
        }
    }
}

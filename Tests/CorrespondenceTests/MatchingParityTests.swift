import BSBBackbones
import BSBDistillation
import Foundation
import BSBImages
import BSBLinearAlgebra
import TestSupport
import Testing

@testable import BSBCorrespondence

/// The whole matching step against a plain NumPy transcription of the paper's, which builds every pixel's feature
/// (Training/export_foundation/matching.py made the cases): the same candidates, pixels, masks and buddies, ties included.
@Suite struct MatchingParityTests {
    struct Case: Decodable, Sendable {
        struct Found: Decodable, Sendable {
            var vertex: Int
            var pixel: [Int]
            var qualifies: Bool
            var iou: Double?
        }
        var width, height, rows, columns, dimension, k: Int
        var click: [Int]
        var grid, vertices: [Float]
        var regions: [Int]
        var candidates: [Found]
        var buddy: Int?
    }

    /// Answers a click with the pixels of its region in rows not above it.

    static func cases() throws -> [Case] {
        let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/matching.json")
        return try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
    }

    @Test func everyStepIsThatOfThePlainTranscription() throws {
        let cases = try Self.cases()
        #expect(cases.count == 12 && cases.contains { $0.buddy != nil } && cases.contains { $0.buddy == nil })
        for (index, expected) in cases.enumerated() {
            let result = try Self.match(expected)
            #expect(result.candidates.map(\.vertex) == expected.candidates.map(\.vertex), "case \(index)")
            #expect(result.candidates.map { [$0.pixel.x, $0.pixel.y] } == expected.candidates.map(\.pixel), "case \(index)")
            #expect(result.candidates.map(\.qualifies) == expected.candidates.map(\.qualifies), "case \(index)")
            for (ours, theirs) in zip(result.candidates, expected.candidates) {
                #expect((ours.iou == nil) == (theirs.iou == nil))
                #expect(abs(Double(ours.iou ?? 0) - (theirs.iou ?? 0)) < 1e-6, "case \(index)")
            }
            #expect(result.buddy?.vertex == expected.buddy, "case \(index)")
        }
    }

    private static func match(_ expected: Case) throws -> Correspondence {
        let (width, height) = (expected.width, expected.height)
        let grid = FeatureGrid(
            columns: expected.columns, rows: expected.rows, dimension: expected.dimension, values: expected.grid,
            map: PlaneMap(scaleX: Float(expected.columns) / Float(width), scaleY: Float(expected.rows) / Float(height)))
        let count = expected.vertices.count / expected.dimension
        let field = FeatureField(
            values: Matrix(rows: count, columns: expected.dimension, values: expected.vertices),
            observed: [Bool](repeating: true, count: count))
        let region = expected.regions[expected.click[1] * width + expected.click[0]]
        let photo = ClickedPhoto(
            features: grid, embedding: ImageEmbedding(imageWidth: width, imageHeight: height, features: grid),
            click: Pixel(x: expected.click[0], y: expected.click[1]),
            masks: ClickMasks(
                object: Mask(width: width, height: height) { x, y in expected.regions[y * width + x] >= 0 },
                part: Mask(width: width, height: height) { x, y in expected.regions[y * width + x] == region }))
        var options = MatchingOptions()
        options.candidateCount = expected.k
        let segmenter = RegionSegmenter(width: width, regions: expected.regions)
        return try SegmentationBuddyMatcher(segmenter: segmenter, options: options)
            .match(photo, to: SurfaceFeatures(field))
    }
}

import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import Foundation
import Testing

@testable import BSBLibrary

/// The first stage, and the score.
@Suite struct SearchTests {
    /// A photo of 8 x 8 random features, all of them object, the left half the part.
    static func probe(dimension: Int, _ generator: inout SeededGenerator) -> ClickProbe {
        let values = (0..<(64 * dimension)).map { _ in generator.gaussian() }
        let grid = FeatureGrid(columns: 8, rows: 8, dimension: dimension, values: values, map: PlaneMap(scaleX: 1, scaleY: 1))
        let masks = ClickMasks(object: Mask(width: 8, height: 8) { _, _ in true }, part: Mask(width: 8, height: 8) { x, _ in x < 4 })
        let embedding = ImageEmbedding(imageWidth: 8, imageHeight: 8, features: grid)
        return ClickProbe(
            ClickedPhoto(features: grid, embedding: embedding, click: Pixel(x: 1, y: 1), masks: masks), options: MatchingOptions())
    }

    @Test func theScanSaysWhatALoopSays() {
        var generator = SeededGenerator(seed: 7)
        let (count, dimension, size) = (1100, 6, MeshDescriptor.regions)
        func unit() -> [Float] {
            Matrix(rows: 1, columns: dimension, values: (0..<dimension).map { _ in generator.gaussian() }).withNormalizedRows().values
        }
        let wholes = (0..<count).map { _ in unit() }
        let regions = (0..<(count * size)).map { _ in unit() }
        let index = DescriptorIndex(
            (0..<count).map { LibraryEntry(path: "/\($0)", fileState: "") }, dimension: dimension, wholes: wholes.flatMap { $0 },
            regions: regions.flatMap { $0 })
        let probe = Self.probe(dimension: dimension, &generator)
        let found = index.evidence(for: probe, parallelism: Parallelism(threads: 2))
        let query = Matrix(rows: 1, columns: dimension, values: probe.query).withNormalizedRows().values
        func cosine(_ a: [Float], _ b: some Sequence<Float>) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        for mesh in stride(from: 0, to: count, by: 37) {
            let own = regions[(mesh * size)..<((mesh + 1) * size)]
            #expect(abs(found[mesh].similarity - Double(own.map { cosine($0, query) }.max()!)) < 1e-5)
            let object = (0..<probe.object.rows).map { row in own.map { cosine($0, probe.object.row(row)) }.max()! }.sorted()
            #expect(abs(found[mesh].objectSimilarity - Double(object[object.count / 2])) < 1e-5)
            #expect(abs(index.wholeSimilarities(to: probe.query)[mesh] - cosine(wholes[mesh], query)) < 1e-5)
        }
    }

    @Test func oddsAreThoseOfFewMeshesHavingAPart() throws {
        let evidence = ExistenceEvidence(bestIoU: 0, qualifyingShare: 0, similarity: 0.5, objectSimilarity: 0.5)
        let even = LibraryScore(ExistenceCalibration(.photoToLibrary, models: [], weights: [0, 0, 0, 0], clicks: 1))
        #expect(abs(try #require(even.probability(evidence)) - LibraryScore.prior) < 1e-9)
        let sure = LibraryScore(ExistenceCalibration(.photoToLibrary, models: [], weights: [200, 0, 0, 0], clicks: 1))
        #expect(try #require(sure.probability(evidence)) > 0.99)
        // Where nothing is known, the click's similarity ranks.
        #expect(LibraryScore(nil).probability(evidence) == nil && LibraryScore(nil).rank(evidence) == 0.5)
    }
}

import BSBBackbones
import BSBBasics
import BSBImages
import BSBLinearAlgebra
import TestSupport
import Testing

@testable import BSBCorrespondence

/// A click that is compared with many meshes says what a match with each says.
@Suite struct ClickProbeTests {
    @Test func evidenceIsThatOfTheMatch() throws {
        var generator = SeededGenerator(seed: 3)
        for partShare in [Float(0), 0.5] {
            var options = MatchingOptions()
            (options.candidateCount, options.partShare) = (5, partShare)
            let photo = SegmentationBuddyMatcherTests.photo(click: Pixel(x: 5, y: 3), part: 4..<8, object: 2..<14)
            let probe = ClickProbe(photo, options: options)
            #expect(probe.reason == nil)
            for _ in 0..<20 {
                let field = SegmentationBuddyMatcherTests.field((0..<12).map { _ in generator.uniform(0, 16) })
                let mesh = SurfaceFeatures(field, eligible: (0..<12).map { $0 != 4 })
                let found = try SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options).match(photo, to: mesh)
                var wanted = ExistenceEvidence(found)
                wanted.bestIoU = 0
                #expect(probe.evidence(on: mesh) == wanted)
                // The same candidates without what takes time.
                let quick = try SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options)
                    .match(photo, to: mesh, segmentsAgain: false)
                #expect(quick.candidates.map(\.vertex) == found.candidates.map(\.vertex) && quick.counts.prompts == 0)
                #expect(quick.candidates.allSatisfy { $0.iou == nil } && quick.counts.qualified == found.counts.qualified)
            }
        }
    }

    @Test func uselessMasksAreExplained() {
        let empty = ClickProbe(SegmentationBuddyMatcherTests.photo(click: Pixel(x: 5, y: 3), part: 0..<0), options: MatchingOptions())
        #expect(empty.reason == .emptyPartMask)
        let apart = SegmentationBuddyMatcherTests.photo(click: Pixel(x: 5, y: 3), part: 0..<2, object: 4..<9)
        #expect(ClickProbe(apart, options: MatchingOptions()).reason == .partOutsideObject)
    }

    @Test func amongMeshesOfAllKindsLikenessOfTheWholeSpeaksForThePart() {
        func evidence(_ similarity: Double, _ object: Double) -> ExistenceEvidence {
            ExistenceEvidence(bestIoU: 0, qualifyingShare: 0.5, similarity: similarity, objectSimilarity: object)
        }
        let terms = evidence(0.5, 0.9).terms(.photoToLibrary)
        #expect(terms.count == 4 && terms[3] > terms[2])
        #expect(evidence(0.5, 0.9).terms(.photoToShape) == terms && evidence(0.5, 0.9).terms(.shapeToPhoto).count == 3)
        let calibration = ExistenceCalibration(.photoToLibrary, models: [], weights: [-1, 0.5, 1, 1], clicks: 1)
        #expect(calibration.probability(evidence(0.8, 0.8)) > calibration.probability(evidence(0.8, 0.2)))
    }
}

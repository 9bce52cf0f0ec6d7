import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBImages
import BSBLinearAlgebra
import TestSupport
import Testing

@testable import BSBCorrespondence

@Suite struct SegmentationBuddyMatcherTests {
    /// A 16 x 8 picture whose pixel in column x has the direction of angle x: each pixel is a feature of its own.
    static func photo(click: Pixel, part: Range<Int>, object: Range<Int> = 0..<16) -> ClickedPhoto {
        var values: [Float] = []
        for _ in 0..<8 { for x in 0..<16 { values += direction(Float(x)) } }
        let grid = FeatureGrid(columns: 16, rows: 8, dimension: 2, values: values, map: PlaneMap(scaleX: 1, scaleY: 1))
        let embedding = ImageEmbedding(imageWidth: 16, imageHeight: 8, features: grid)
        return ClickedPhoto(
            features: grid, embedding: embedding, click: click,
            masks: ClickMasks(
                object: Mask(width: 16, height: 8) { x, _ in object.contains(x) },
                part: Mask(width: 16, height: 8) { x, _ in part.contains(x) }))
    }

    static func direction(_ column: Float) -> [Float] {
        let angle = Double(column) * 0.15
        // A rational parametrisation of the circle keeps the test free of platform sines.
        let t = angle / 2
        return [Float((1 - t * t) / (1 + t * t)), Float(2 * t / (1 + t * t))]
    }

    static func field(_ columns: [Float]) -> FeatureField {
        FeatureField(
            values: Matrix(rows: columns.count, columns: 2, values: columns.flatMap(direction)),
            observed: [Bool](repeating: true, count: columns.count))
    }

    static func match(_ photo: ClickedPhoto, _ field: FeatureField, _ options: MatchingOptions = MatchingOptions()) throws -> Correspondence
    {
        try SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options)
            .match(photo, to: SurfaceFeatures(field))
    }

    @Test(arguments: [(true, nil, Grade.sure), (true, 0.5, .sure), (true, 0.49, .unsure), (false, nil, .unsure), (false, 0.9, .unsure)])
    func gradesAreOfTheWayBackAndTheProbability(qualifies: Bool, existence: Double?, grade: Grade) {
        var found = Correspondence(
            buddy: Candidate(vertex: 1, similarity: 1, pixel: Pixel(x: 0, y: 0), pixelSimilarity: 1, qualifies: qualifies))
        found.existence = existence
        #expect(found.grade == grade)
        found.buddy = nil
        #expect(found.grade == .none)
    }

    @Test func anExactCounterpartIsFound() throws {
        let result = try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), Self.field([0, 5, 14]))
        let buddy = try #require(result.buddy)
        #expect(buddy.vertex == 1)
        #expect(buddy.pixel == Pixel(x: 5, y: 0))
        #expect(buddy.iou == 1)
        #expect(buddy.similarity > 0.9999)
        #expect(result.reason == nil)
    }

    @Test func aShareOfTheVerticesRaisesTheNumberOfCandidates() throws {
        var options = MatchingOptions()
        options.candidateCount = 2
        options.candidateFraction = 0.5
        let photo = Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8)
        #expect(try Self.match(photo, Self.field([0, 1, 2, 5, 9]), options).candidates.count == 3)
        #expect(try Self.match(photo, Self.field([0, 5]), options).candidates.count == 2)
        #expect(MatchingOptions().candidateCount(among: 1_000_000) == 100)
    }

    @Test func aPartThatTheMeshLacksHasNoCounterpart() throws {
        let result = try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), Self.field([0, 1, 12, 14]))
        #expect(result.buddy == nil)
        #expect(result.reason == .noCandidateQualifies)
        #expect(result.candidates.count == 4)
        #expect(result.candidates.allSatisfy { !$0.qualifies && $0.iou == nil })
        #expect(result.counts.prompts == 0)
    }

    @Test func theIoUDecidesBetweenCandidatesThatQualify() throws {
        // The part is columns 3 to 7; the band of column 3 overlaps it in one column, the band of column 6 in four.
        let result = try Self.match(Self.photo(click: Pixel(x: 4, y: 0), part: 3..<8), Self.field([3, 6]))
        #expect(result.buddy?.vertex == 1)
        #expect(result.candidates.map(\.vertex) == [0, 1], "the less similar vertex wins by its mask")
        #expect(result.candidates.map(\.iou) == [1.0 / 8, 4.0 / 5])
    }

    @Test func candidatesThatShareAPixelAreSegmentedOnceAndTiesGoToTheLowerIndex() throws {
        let result = try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), Self.field([0, 5, 5, 5]))
        #expect(result.counts.qualified == 3)
        #expect(result.counts.prompts == 1)
        #expect(result.buddy?.vertex == 1)
    }

    @Test func candidatesInOneCellOfTheSegmenterMayShareAMask() throws {
        var photo = Self.photo(click: Pixel(x: 4, y: 0), part: 3..<8)
        photo.embedding = ImageEmbedding(
            imageWidth: 16, imageHeight: 8,
            features: FeatureGrid(
                columns: 4, rows: 2, dimension: 1, values: [Float](repeating: 1, count: 8), map: PlaneMap(scaleX: 0.25, scaleY: 0.25)))
        let field = Self.field([3, 4, 5, 6])
        var options = MatchingOptions()
        let apart = try Self.match(photo, field, options)
        options.sharesMasks = true
        let shared = try Self.match(photo, field, options)
        #expect(apart.counts.prompts == 4 && shared.counts.prompts == 2, "pixel 3 is in one cell, pixels 4 to 6 in another")
        #expect(shared.candidates.map(\.iou) == apart.candidates.map(\.iou), "the bands are as wide as the cells")
        #expect(shared.buddy?.vertex == 1)
    }

    @Test func kLimitsTheCandidates() throws {
        var options = MatchingOptions()
        options.candidateCount = 2
        let result = try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), Self.field([9, 4.5, 0, 5]), options)
        #expect(result.candidates.map(\.vertex) == [3, 1])
    }

    @Test func theSearchForPixelsIsLimitedToTheObject() throws {
        let result = try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8, object: 6..<16), Self.field([5]))
        #expect(result.candidates[0].pixel.x == 6)
    }

    @Test func aMinimumIoURejects() throws {
        var options = MatchingOptions()
        options.minimumIoU = 0.9
        let result = try Self.match(Self.photo(click: Pixel(x: 4, y: 0), part: 3..<8), Self.field([6]), options)
        #expect(result.buddy == nil)
        #expect(result.reason == .belowMinimumIoU)
        #expect(result.candidates[0].iou == 0.8)
    }

    @Test(arguments: [(0.4, true), (0.53, false)]) func theProbabilityOfThePartMayOverruleTheFilter(least: Double, isFound: Bool) throws {
        var options = MatchingOptions()
        options.choice.outsiders = .lastResort
        options.minimumExistence = least
        // The logarithm of the odds is 0 without evidence and 1 more for each candidate that qualifies: none does.
        let calibration = ExistenceCalibration(.photoToShape, models: [], weights: [0, 1, 0, 0], clicks: 1)
        let (photo, field) = (Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), Self.field([0, 1, 12, 14]))
        let result = try SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options, calibration: calibration)
            .match(photo, to: SurfaceFeatures(field))
        #expect(result.existence == 0.5)
        #expect(result.buddy.map(\.qualifies) == (isFound ? false : nil))
        #expect(result.reason == (isFound ? nil : .noCandidateQualifies))
        #expect(try Self.match(photo, field, options).buddy != nil, "what is not known does not decide")
        let qualified = try SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options, calibration: calibration)
            .match(photo, to: SurfaceFeatures(Self.field([0, 5, 12, 14])))
        #expect(qualified.buddy?.vertex == 1 && qualified.existence! > 0.55, "one of four qualifies")
    }

    @Test func whatIsUnlikelyIsNoAnswerAlthoughVerticesLeadBack() throws {
        var options = MatchingOptions()
        options.choice.outsiders = .lastResort
        options.minimumExistence = 0.6
        let (photo, field) = (Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), Self.field([0, 5, 12, 14]))
        func match(_ weights: [Double], _ options: MatchingOptions) throws -> Correspondence {
            try SegmentationBuddyMatcher(
                segmenter: BandSegmenter(), options: options,
                calibration: ExistenceCalibration(.photoToShape, models: [], weights: weights, clicks: 1)
            ).match(photo, to: SurfaceFeatures(field))
        }
        let refused = try match([0, 0, 0, 0], options)
        #expect(refused.buddy == nil && refused.reason == .unlikelyPart && refused.existence == 0.5)
        #expect(refused.candidates.contains { $0.qualifies })
        #expect(try match([1, 0, 0, 0], options).buddy?.vertex == 1)
        options.choice.outsiders = .refused
        #expect(try match([0, 0, 0, 0], options).buddy?.vertex == 1, "the published rule asks for no probability")
    }

    @Test(arguments: [
        (0..<0, 0..<16, NoCorrespondence.emptyPartMask), (4..<8, 0..<0, .emptyObjectMask), (0..<4, 8..<16, .partOutsideObject),
    ])
    func uselessMasksAreExplained(part: Range<Int>, object: Range<Int>, reason: NoCorrespondence) throws {
        let result = try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: part, object: object), Self.field([5]))
        #expect(result.reason == reason)
        #expect(result.buddy == nil)
        #expect(!reason.sentence.isEmpty)
    }

    @Test func verticesOfNoFaceAreNoCandidates() throws {
        let result = try SegmentationBuddyMatcher(segmenter: BandSegmenter())
            .match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), to: SurfaceFeatures(Self.field([5, 6]), eligible: [false, true]))
        #expect(result.candidates.map(\.vertex) == [1])
        let none = try SegmentationBuddyMatcher(segmenter: BandSegmenter())
            .match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), to: SurfaceFeatures(Self.field([5, 6]), eligible: [false, false]))
        #expect(none.reason == .noFeatures)
    }

    @Test func featuresOfAnotherModelAreRefused() {
        let field = FeatureField(values: Matrix(rows: 1, columns: 3), observed: [true])
        #expect(throws: Failure.self) { try Self.match(Self.photo(click: Pixel(x: 5, y: 3), part: 4..<8), field) }
    }

    @Test func spacedCandidatesAreApart() throws {
        let photo = Self.photo(click: Pixel(x: 5, y: 2), part: 4..<8)
        let field = Self.field([5, 5.1, 5.2, 6, 7, 12])
        let positions: [SIMD3<Float>] = [[0, 0, 0], [0.01, 0, 0], [0.02, 0, 0], [0.5, 0, 0], [0.51, 0, 0], [0.9, 0, 0]]
        var options = MatchingOptions()
        (options.candidateCount, options.spacing) = (3, 0.1)
        let matcher = SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options)
        let eligible = [Bool](repeating: true, count: 6)
        let spaced = try matcher.match(photo, to: SurfaceFeatures(field, eligible: eligible, positions: positions))
        #expect(spaced.candidates.map(\.vertex) == [0, 3, 5])
        let plain = try matcher.match(photo, to: SurfaceFeatures(field, eligible: eligible))
        #expect(plain.candidates.map(\.vertex) == [0, 1, 2])
    }

    @Test func partsMeanMayBeTheQuery() throws {
        // The part's mean direction is that of column 5.5, the click's that of column 4.
        let photo = Self.photo(click: Pixel(x: 4, y: 2), part: 4..<8)
        let field = Self.field([4.5, 6])
        var options = MatchingOptions()
        options.partShare = 1
        let matcher = SegmentationBuddyMatcher(segmenter: BandSegmenter(), options: options)
        #expect(try matcher.match(photo, to: SurfaceFeatures(field)).candidates.first?.vertex == 1)
        #expect(try Self.match(photo, field).candidates.first?.vertex == 0)
    }

    @Test func outsidersAreJudgedWhereTheyMayAnswer() throws {
        let photo = Self.photo(click: Pixel(x: 5, y: 2), part: 4..<6)
        let field = Self.field([7, 9])
        #expect(try Self.match(photo, field).buddy == nil)
        var options = MatchingOptions()
        options.choice.outsiders = .lastResort
        let found = try Self.match(photo, field, options)
        // Column 7 is in the band 4..<8, half of which is the part.
        #expect(found.buddy?.vertex == 0)
        #expect(found.buddy?.iou == 0.5)
        #expect(found.counts.qualified == 0)
    }
}

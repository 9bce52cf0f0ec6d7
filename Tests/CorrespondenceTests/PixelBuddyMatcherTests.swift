import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBImages
import BSBLinearAlgebra
import Testing

@testable import BSBCorrespondence

@Suite struct PixelBuddyMatcherTests {
    typealias Forward = SegmentationBuddyMatcherTests

    /// The picture of the forward tests: 16 x 8 pixels, the direction of a pixel is the angle of its column.
    static let photo = Forward.photo(click: Pixel(x: 0, y: 0), part: 0..<16)

    /// A mesh whose vertices have the directions of columns, in parts of neighbouring indices.
    static func match(
        _ vertex: Int, columns: [Float], parts: [Int], object: Range<Int> = 0..<16, options: PixelMatchingOptions = PixelMatchingOptions(),
        areas: [Double]? = nil, eligible: [Bool]? = nil, calls: ((Int) -> Void)? = nil
    ) throws -> PixelCorrespondence {
        let surface = ClickedSurface(vertex: vertex, part: parts.map { $0 == parts[vertex] })
        let mesh = SurfaceFeatures(Forward.field(columns), eligible: eligible, areas: areas)
        let mask = Mask(width: 16, height: 8) { x, _ in object.contains(x) }
        return try PixelBuddyMatcher(options: options).match(
            surface, of: mesh, in: photo.features, objectMask: mask
        ) { other in
            calls?(other)
            return parts.map { $0 == parts[other] }
        }
    }

    @Test func anExactCounterpartIsFound() throws {
        let result = try Self.match(1, columns: [0, 5, 14], parts: [0, 1, 2])
        let buddy = try #require(result.buddy)
        #expect(buddy.pixel == Pixel(x: 5, y: 0))
        #expect(buddy.vertex == 1)
        #expect(buddy.iou == 1)
        #expect(buddy.similarity > 0.9999)
        #expect(result.reason == nil)
    }

    @Test func aPartThatThePhotoDoesNotShowHasNoCounterpart() throws {
        // The vertex has the direction of column 12; the object ends at column 5, whose pixels look most like vertex 1.
        let result = try Self.match(2, columns: [0, 5, 12], parts: [0, 1, 2], object: 0..<6)
        #expect(result.buddy == nil)
        #expect(result.reason == .noCandidateQualifies)
        #expect(result.candidates.allSatisfy { !$0.qualifies && $0.iou == nil })
        #expect(result.segmented == 0)
    }

    @Test func theIoUOfPartsDecides() throws {
        // Vertices 0 to 2 are the clicked part; around vertex 1 the segmenter sees only half of it.
        let surface = ClickedSurface(vertex: 0, part: [true, true, true, false])
        var options = PixelMatchingOptions()
        options.candidateCount = 3 * 8
        let result = try PixelBuddyMatcher(options: options).match(
            surface, of: SurfaceFeatures(Forward.field([3.2, 3, 4, 14]), areas: [1, 1, 2, 1]), in: Self.photo.features,
            objectMask: Mask(width: 16, height: 8) { _, _ in true }
        ) { $0 == 2 ? [true, true, true, false] : [true, true, false, false] }
        #expect(result.candidates.prefix(8).allSatisfy { $0.pixel.x == 3 && $0.iou == 0.5 }, "the most similar lead to half of the part")
        #expect(result.buddy?.pixel == Pixel(x: 4, y: 0))
        #expect(result.buddy?.iou == 1)
    }

    @Test func tiesGoToTheFirstPixelAndAVertexIsSegmentedOnce() throws {
        var segmented: [Int] = []
        let result = try Self.match(0, columns: [5, 9], parts: [0, 1]) { segmented.append($0) }
        #expect(result.buddy?.pixel == Pixel(x: 5, y: 0))
        #expect(segmented == [0])
        #expect(result.segmented == 1 && result.qualified > 8)
    }

    @Test func theLimitOfSegmentsLeavesTheRestUnjudged() throws {
        var options = PixelMatchingOptions()
        options.segmentLimit = 1
        let result = try Self.match(0, columns: [5, 6], parts: [0, 0], options: options)
        #expect(result.segmented == 1)
        #expect(result.candidates.contains { $0.qualifies && $0.iou == nil })
        #expect(result.buddy?.vertex == 0)
    }

    @Test func aMinimumIoURejects() throws {
        var options = PixelMatchingOptions()
        options.minimumIoU = 0.75
        let surface = ClickedSurface(vertex: 0, part: [true, true])
        let result = try PixelBuddyMatcher(options: options).match(
            surface, of: SurfaceFeatures(Forward.field([5, 5])), in: Self.photo.features, objectMask: Self.photo.masks.object
        ) { _ in [true, false] }
        #expect(result.buddy == nil)
        #expect(result.reason == .belowMinimumIoU)
    }

    @Test func thePartsMeanIsHalfOfWhatIsSought() throws {
        var options = PixelMatchingOptions()
        let (columns, parts): ([Float], [Int]) = ([4, 8, 14], [0, 0, 1])
        #expect(try Self.match(0, columns: columns, parts: parts, options: options).candidates[0].pixel.x == 4)
        options.partShare = 1
        #expect(try Self.match(0, columns: columns, parts: parts, options: options).candidates[0].pixel.x == 6)
        #expect(try Self.match(0, columns: columns, parts: parts, options: options, areas: [1, 0, 1]).candidates[0].pixel.x == 4)
        options.partShare = 0.5
        #expect(try Self.match(0, columns: columns, parts: parts, options: options).candidates[0].pixel.x == 5)
    }

    @Test(arguments: [(0.4, true), (0.6, false)]) func theProbabilityOfThePartDecides(least: Double, isFound: Bool) throws {
        var options = PixelMatchingOptions()
        options.acceptsOutsiders = true
        options.minimumExistence = least
        let mask = Mask(width: 16, height: 8) { x, _ in x < 6 }
        func match(_ vertex: Int) throws -> PixelCorrespondence {
            let surface = ClickedSurface(vertex: vertex, part: (0..<3).map { $0 == vertex })
            return try PixelBuddyMatcher(
                options: options, calibration: ExistenceCalibration(.shapeToPhoto, models: [], weights: [0, 0, 0], clicks: 1)
            ).match(surface, of: SurfaceFeatures(Forward.field([0, 5, 12])), in: Self.photo.features, objectMask: mask) { other in
                (0..<3).map { $0 == other }
            }
        }
        let outside = try match(2)
        #expect(outside.existence == 0.5 && outside.qualified == 0)
        #expect(outside.buddy?.qualifies == (isFound ? false : nil))
        #expect(outside.buddy == (isFound ? outside.candidates[0] : nil))
        #expect(outside.reason == (isFound ? nil : .noCandidateQualifies))
        let inside = try match(1)
        #expect(inside.buddy?.qualifies == (isFound ? true : nil))
        #expect(inside.reason == (isFound ? nil : .unlikelyPart))
        options.acceptsOutsiders = false
        #expect(try match(1).buddy != nil && match(2).buddy == nil, "the published rule asks for no probability")
    }

    @Test func uselessInputsAreExplained() throws {
        #expect(try Self.match(0, columns: [5], parts: [0], object: 0..<0).reason == .emptyObjectMask)
        let empty = ClickedSurface(vertex: 0, part: [false])
        let result = try PixelBuddyMatcher().match(
            empty, of: SurfaceFeatures(Forward.field([5])), in: Self.photo.features, objectMask: Self.photo.masks.object
        ) { _ in [true] }
        #expect(result.reason == .emptyPart)
        #expect(try Self.match(0, columns: [5], parts: [0], eligible: [false]).reason == .noFeatures)
        #expect(NoPixelCorrespondence.allCases.allSatisfy { !$0.sentence.isEmpty })
    }

    /// Random features, compared with a loop over all pixels and vertices.
    @Test(arguments: [1, 2, 3, 4, 5]) func theResultIsThatOfTheNaiveSearch(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, stream: 0)
        let (d, n) = (6, 40)
        let grid = FeatureGrid(
            columns: 5, rows: 4, dimension: d, values: (0..<(20 * d)).map { _ in Float.random(in: -1...1, using: &generator) },
            map: PlaneMap(scaleX: 5.0 / 20, scaleY: 4.0 / 16))
        let values = (0..<(n * d)).map { _ in Float.random(in: -1...1, using: &generator) }
        let field = FeatureField(values: Matrix(rows: n, columns: d, values: values), observed: [Bool](repeating: true, count: n))
        let mask = Mask(width: 20, height: 16) { x, y in (x + y) % 5 != 0 }
        let part = (0..<n).map { $0 < 20 }
        let areas = (0..<n).map { _ in Double.random(in: 0.1...1, using: &generator) }
        let surface = ClickedSurface(vertex: 3, part: part)
        let around = { (vertex: Int) in (0..<n).map { abs($0 - vertex) < 9 } }
        var options = PixelMatchingOptions()
        (options.spacing, options.candidateCount, options.segmentLimit) = (1, 30, 100)
        let result = try PixelBuddyMatcher(options: options).match(
            surface, of: SurfaceFeatures(field, areas: areas), in: grid, objectMask: mask, segment: around)

        func cosine(_ pixel: Pixel, _ vertex: Int) -> Float {
            Vectors.cosine(grid.feature(at: pixel.center), field.values.row(vertex))
        }
        var pixels: [Pixel] = []
        for y in 0..<16 { for x in 0..<20 where mask[x, y] { pixels.append(Pixel(x: x, y: y)) } }
        let nearest = pixels.sorted { cosine($0, 3) > cosine($1, 3) }.prefix(30)
        #expect(result.candidates.map(\.pixel) == Array(nearest))
        var best: (pixel: Pixel, iou: Float)?
        for (pixel, candidate) in zip(nearest, result.candidates) {
            let vertex = (0..<n).max { cosine(pixel, $0) < cosine(pixel, $1) }!
            #expect(candidate.vertex == vertex)
            #expect(candidate.qualifies == part[vertex])
            guard part[vertex] else { continue }
            let other = around(vertex)
            let both = (0..<n).filter { part[$0] && other[$0] }.reduce(0) { $0 + areas[$1] }
            let either = (0..<n).filter { part[$0] || other[$0] }.reduce(0) { $0 + areas[$1] }
            let iou = Float(both / either)
            #expect(candidate.iou == iou)
            if best == nil || iou > best!.iou { best = (pixel, iou) }
        }
        #expect(result.buddy?.iou == best?.iou)
        #expect(result.buddy?.pixel == best?.pixel)
    }
}

@Suite struct PixelSimilarityTests {
    @Test func latticesAreNarrowedWhereTheyMissAndWidenedWhereTheyAreTooMany() {
        let dot = Mask(width: 64, height: 64) { x, y in x == 13 && y == 50 }
        #expect(PixelSimilarity.lattice(in: dot, spacing: 16) == [Pixel(x: 13, y: 50)])
        let all = Mask(width: 64, height: 64) { _, _ in true }
        let some = PixelSimilarity.lattice(in: all, spacing: 2, limit: 100)
        #expect(some.count <= 100 && some.count > 40)
        #expect(PixelSimilarity.lattice(in: Mask(width: 4, height: 4), spacing: 2).isEmpty)
    }

    @Test func cosinesAreThoseOfInterpolatedFeatures() {
        var generator = SeededGenerator(seed: 3, stream: 0)
        let grid = FeatureGrid(
            columns: 3, rows: 3, dimension: 4, values: (0..<36).map { _ in Float.random(in: -1...1, using: &generator) },
            map: PlaneMap(scaleX: 0.1, scaleY: 0.12))
        let query = (0..<4).map { _ in Float.random(in: -1...1, using: &generator) }
        let pixels = (0..<50).map { _ in Pixel(x: Int.random(in: 0..<30, using: &generator), y: Int.random(in: 0..<25, using: &generator)) }
        let similarity = PixelSimilarity(grid)
        let directions = similarity.directions(at: pixels)
        for (index, cosine) in similarity.cosines(of: query, at: pixels).enumerated() {
            let expected = Vectors.cosine(query, grid.feature(at: pixels[index].center))
            #expect(abs(cosine - expected) < 1e-5)
            #expect(abs(Vectors.cosine(query, directions.row(index)) - expected) < 1e-5)
        }
        #expect(similarity.cosines(of: [0, 0, 0, 0], at: [Pixel(x: 0, y: 0)]) == [-.infinity])
        #expect(similarity.spacing == 2)
    }
}

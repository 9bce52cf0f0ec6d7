import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBExamples
import Foundation
import BSBImages
import BSBInteractiveSegmentation
import BSBShapes
import TestSupport
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

@Suite struct PipelineTests {
    static let shape = Result { try ExampleShape(.mug, seed: 2, vertices: 900) }

    static func bench(cache: String? = nil, extractor: ColorExtractor = ColorExtractor()) -> Workbench {
        var settings = Settings()
        settings.featureViews.count = 10
        settings.segmentViews.count = 12
        return Workbench(
            ModelPair(extractor: extractor, segmenter: DiscSegmenter()), settings: settings,
            cache: CacheDirectory(path: cache))
    }

    /// The mesh, and a picture of it to click in.
    static func inputs(_ bench: Workbench) throws -> (OpenMesh, OpenPhoto, Click) {
        let mesh = try OpenMesh(shape.get().mesh, name: "mug.obj", hash: "m")
        let views = RenderedViews(scene: mesh.scene, plan: ViewPlan(count: 3, size: 200), seed: 5)
        let surfaces = views.surfaces(0)
        let photo = try OpenPhoto(views.image(0, surfaces: surfaces), name: "view.png")
        let pixel = try #require(surfaces.faceIDs.indices.filter { surfaces.faceIDs[$0] >= 0 }.dropFirst(5000).first)
        return (mesh, photo, Click(Pixel(x: pixel % 200, y: pixel / 200)))
    }

    @Test func aWholeMatchWithFakeModels() throws {
        let bench = Self.bench()
        let (mesh, photo, click) = try AnsweringTests.inputs()
        let outcome = try bench.answer(click, in: photo, on: mesh)
        #expect(outcome.correspondence.candidates.count == 100)
        let document = try MatchOutputs(outcome, at: bench, includeCandidates: true).write(to: nil)
        #expect(document.candidates?.count == 100)
        let buddy = try #require(outcome.correspondence.buddy)
        let position = mesh.mesh.vertices[buddy.vertex]
        #expect(document.grade == outcome.grade && document.grade != .none)
        #expect(
            document.found && document.vertex == buddy.vertex
                && document.position?.map { Float($0) } == [position.x, position.y, position.z])
        #expect(document.outputs.isEmpty)
        #expect(document.models.map(\.hash) == ["c0", "d0"])
        let segment = try #require(outcome.segment)
        #expect(segment.probability.count == mesh.mesh.vertices.count)
        #expect(segment.probability.allSatisfy { (0...1).contains($0) })
        #expect(segment.vertexLabels[buddy.vertex])
        #expect(document.segment?.vertices == segment.vertexLabels.count { $0 })
    }

    @Test func featuresAreExtractedOnceAndKept() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let extractor = ColorExtractor()
        let bench = Self.bench(cache: path, extractor: extractor)
        let mesh = try OpenMesh(Self.shape.get().mesh, name: "mug.obj", hash: "m")
        let first = try FeatureDistiller(at: bench).field(of: mesh)
        #expect(bench.viewsExtracted == 10 && extractor.pictures == 10)
        let second = try FeatureDistiller(at: bench).field(of: mesh)
        #expect(bench.viewsExtracted == 10 && extractor.pictures == 10)
        #expect(first == second)
        // Another seed looks from elsewhere.
        var other = bench
        other.settings.seed = 1
        let elsewhere = try FeatureDistiller(at: other).field(of: mesh)
        #expect(elsewhere != first)
    }

    @Test func embeddingsAreKeptAndDamagedOnesMadeAnew() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bench = Self.bench(cache: path)
        let mesh = try OpenMesh(Self.shape.get().mesh, name: "mug.obj", hash: "m")
        let first = EmbeddedViews(of: mesh, at: bench)
        #expect(bench.viewsEmbedded == 0)
        try first.prepare([2, 3, 5])
        try first.prepare([3, 4])
        _ = try first.embedding(2)
        #expect(bench.viewsEmbedded == 4)
        let folder = try #require(try FileManager.default.contentsOfDirectory(atPath: path).first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").count { $0.hasSuffix(".grid") } == 4)
        try first.prepareAll()
        #expect(bench.viewsEmbedded == 12)
        let file = URL(fileURLWithPath: "\(path)/\(folder)/view-3.grid")
        var damaged = try Data(contentsOf: file)
        damaged[100] ^= 1
        try damaged.write(to: file)
        // Another process has an empty memory.
        let later = Self.bench(cache: path)
        let second = EmbeddedViews(of: mesh, at: later)
        try second.prepareAll()
        #expect(later.viewsEmbedded == 0)
        for view in [2, 3] { #expect(try second.embedding(view) == first.embedding(view)) }
        #expect(later.viewsEmbedded == 1, "the damaged one")
        #expect(try Data(contentsOf: file).prefix(100) == first.embedding(3).cacheData.prefix(100))
        let third = Self.bench(cache: path)
        #expect(try EmbeddedViews(of: mesh, at: third).embedding(3) == first.embedding(3) && third.viewsEmbedded == 0)
    }

    @Test func aRunThatWasCutShortGoesOnAndGivesTheSame() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let mesh = try OpenMesh(Self.shape.get().mesh, name: "mug.obj", hash: "m")
        let whole = try FeatureDistiller(at: Self.bench()).field(of: mesh)
        let extractor = StoppingExtractor(after: 4)
        var bench = Self.bench(cache: path)
        bench.parallelism = Parallelism(threads: 1)
        bench.extractor = extractor
        #expect(throws: Failure.self) { try FeatureDistiller(at: bench).field(of: mesh) }
        let counting = ColorExtractor()
        let resumed = try FeatureDistiller(at: Self.bench(cache: path, extractor: counting)).field(of: mesh)
        #expect(counting.pictures == 6, "the four views that were done are not looked at again")
        #expect(resumed == whole)
    }

    @Test func featuresOfTheObjectsBoxAreThoseOfTheCutOutPicture() throws {
        var bench = Self.bench()
        let (_, photo, _) = try Self.inputs(bench)
        let mask = Mask(width: 200, height: 200) { x, y in (100..<140).contains(x) && (60..<100).contains(y) }
        let click = Pixel(x: 110, y: 70)
        bench.settings.photoArea = .whole
        #expect(try photo.features(of: mask, including: click, at: bench) == photo.features(at: bench))
        bench.settings.photoArea = .object
        let focused = try photo.features(of: mask, including: click, at: bench)
        let cut = try #require(photo.image.cropped(PixelRectangle(x: 96, y: 56, width: 48, height: 48)))
        let expected = try bench.photoExtractor.features(of: cut)
        for point: SIMD2<Float> in [[100.5, 60.5], [120, 80], [139, 99]] {
            let difference = zip(focused.feature(at: point), expected.feature(at: point - [96, 56])).map { abs($0 - $1) }.max() ?? 1
            #expect(difference < 1e-4)
        }
        let empty = Mask(width: 200, height: 200)
        #expect(try photo.features(of: empty, including: click, at: bench) == photo.features(at: bench))
    }

    @Test(arguments: [SolverKind.exact, .mlp, .mlpLinear]) func everySolverGivesAField(solver: SolverKind) throws {
        var bench = Self.bench()
        bench.settings.solver = solver
        let mesh = try OpenMesh(Self.shape.get().mesh, name: "mug.obj", hash: "m")
        let field = try FeatureDistiller(at: bench).field(of: mesh)
        #expect(field.vertexCount == mesh.mesh.vertices.count && field.dimension == 3)
        #expect(field.values.values.allSatisfy { $0.isFinite })
    }

    @Test func movingAndScalingTheMeshChangesNothing() throws {
        let bench = Self.bench()
        let mesh = try Self.shape.get().mesh
        var moved = mesh
        // A power of two scales without rounding; the shift is small against it for the same reason.
        moved.vertices = mesh.vertices.map { $0 * 8 }
        let a = try FeatureDistiller(at: bench).field(of: OpenMesh(mesh, name: "a", hash: "a"))
        let b = try FeatureDistiller(at: bench).field(of: OpenMesh(moved, name: "b", hash: "b"))
        #expect(a == b)
        // Moved, positions are rounded elsewhere, and with them the edges of a few pixels.
        moved.vertices = mesh.vertices.map { $0 * 8 + [96, -48, 24] }
        let c = try FeatureDistiller(at: bench).field(of: OpenMesh(moved, name: "c", hash: "c"))
        let differences = zip(a.values.values, c.values.values).map { abs($0 - $1) }
        #expect(differences.reduce(0, +) / Float(differences.count) < 1e-3)
    }

    @Test func aMeshWithoutFacesIsRefused() {
        let cloud = Mesh(vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces: [])
        #expect(throws: Failure.self) { _ = try OpenMesh(cloud, name: "cloud.ply", hash: "x") }
    }

    /// A closed cube with a small tetrahedron inside, which no view shows.
    static let shell = Mesh(
        vertices: [
            [-1, -1, -1], [1, -1, -1], [-1, 1, -1], [1, 1, -1], [-1, -1, 1], [1, -1, 1], [-1, 1, 1], [1, 1, 1], [0, 0, 0], [0.1, 0, 0],
            [0, 0.1, 0], [0, 0, 0.1],
        ],
        faces: [
            [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6], [1, 3, 5],
            [3, 7, 5], [8, 10, 9], [8, 9, 11], [8, 11, 10], [9, 10, 11],
        ])

    @Test func aVertexThatNoViewShowsHasNoPartAndAClickIsInItsOwn() throws {
        let bench = Self.bench()
        let mesh = try OpenMesh(Self.shell, name: "shell.obj", hash: "shell")
        #expect(try mesh.visiblePart(around: 8, at: bench) == nil)
        for vertex in 0..<8 { #expect(try mesh.visiblePart(around: vertex, at: bench)?.vertexLabels[vertex] == true) }
        let (_, photo, click) = try Self.inputs(bench)
        var published = bench
        published.settings.matchAsPublished()
        var outcome = try published.answer(click, in: photo, on: mesh)
        let warnings = outcome.mesh.report.warnings
        outcome.correspondence.buddy = Candidate(
            vertex: 8, similarity: 0.9, pixel: click.pixel, pixelSimilarity: 0.9, qualifies: true, iou: 0.8)
        (outcome.segment, outcome.segmentVertex) = (nil, nil)
        #expect(outcome.warnings == warnings + ["no view shows vertex 8: the part around it is not known"])
        let document = try MatchOutputs(outcome, at: bench).write(to: nil)
        #expect(document.found && document.segment == nil && document.warnings == outcome.warnings)
        outcome.segmentVertex = 3
        #expect(outcome.warnings == warnings + ["no view shows vertex 8: the part is that around vertex 3"])
        outcome.correspondence.buddy = nil
        #expect(outcome.warnings == warnings)
    }

    @Test func thePartIsSoughtAtTheBuddyThenNearby() {
        func candidate(_ vertex: Int) -> Candidate {
            Candidate(vertex: vertex, similarity: 1, pixel: Pixel(x: 0, y: 0), pixelSimilarity: 1, qualifies: true)
        }
        var found = Correspondence(buddy: candidate(1), candidates: [candidate(3), candidate(0), candidate(1), candidate(2)])
        let positions: [SIMD3<Float>] = [[0.5, 0, 0], [0, 0, 0], [0, 0.2, 0], [0, 0, -0.5]]
        #expect(found.seeds(among: positions) == [1, 2, 0, 3])
        found.buddy = nil
        #expect(found.seeds(among: positions).isEmpty)
    }

    private static func overview(_ answer: Answer, _ bench: Workbench) throws -> Image {
        let overview = Overview(
            answer, part: answer.segment.map { PartDocument($0, of: answer.mesh.mesh, method: answer.method) })
        return overview.image(of: try (0..<Overview.panelCount).map(overview.panelPainter()))
    }

    /// Colours for meshes, and for photos the places of cells in their picture, which a mirror image would turn around.
    private struct PlaceExtractor: FeatureExtractor {
        let identity = ModelIdentity(name: "places", hash: "91")
        let dimension = 3

        func features(of image: Image) throws -> FeatureGrid { try ColorExtractor().features(of: image) }

        func comparisonFeatures(of image: Image) throws -> FeatureGrid {
            let values: [Float] = (0..<16).flatMap { row in
                (0..<16).flatMap { column in
                    let (a, b) = (0.09 * Double(column), 0.09 * Double(row))
                    return [cos(a), sin(a), cos(b), sin(b)].map { Float($0 / 2.0.squareRoot()) }
                }
            }
            let map = PlaneMap(scaleX: 16 / Float(image.width), scaleY: 16 / Float(image.height))
            return FeatureGrid(columns: 16, rows: 16, dimension: 4, values: values, map: map)
        }
    }

    @Test func photosAreComparedByWhatTheExtractorHasForThat() throws {
        var bench = Self.bench()
        bench.extractor = PlaceExtractor()
        #expect(bench.settings.mirrorsPhoto)
        let (mesh, photo, click) = try Self.inputs(bench)
        let object = FoundObject(mask: try photo.masks(of: click, at: bench).object, click: click.pixel, isGiven: true)
        let outcome = try RelateJob(at: bench).run(photo, click: click, photo, through: [mesh], objects: [object])
        let direct = try #require(outcome.direct)
        // To a cell or so, as what is like much else counts less.
        #expect(abs(direct.pixel.x - click.pixel.x) <= 10 && abs(direct.pixel.y - click.pixel.y) <= 10, "\(direct.pixel) of \(click.pixel)")
        #expect(direct.similarity > 0.99)
    }

    @Test func theOverviewIsPaintedWithAndWithoutACorrespondence() throws {
        let bench = Self.bench()
        let (mesh, photo, click) = try Self.inputs(bench)
        var outcome = try bench.answer(click, in: photo, on: mesh)
        outcome.correspondence.buddy = Candidate(
            vertex: 7, similarity: 0.9, pixel: click.pixel, pixelSimilarity: 0.9, qualifies: true, iou: 0.8)
        outcome.segment = SurfaceSegment(probability: mesh.mesh.vertices.map { $0.y > 0 ? 1 : 0 })
        let found = try Self.overview(outcome, bench)
        outcome.correspondence.buddy = nil
        outcome.correspondence.reason = .noCandidateQualifies
        outcome.segment = nil
        let none = try Self.overview(outcome, bench)
        #expect(found.width > 1000 && found.height > 500)
        #expect(found.width == none.width && found != none)
        let blue = (0..<(found.width * found.height)).count { found.pixels[3 * $0 + 2] > 150 && found.pixels[3 * $0] < 90 }
        #expect(blue > 2000, "the part is lit up")
    }
}

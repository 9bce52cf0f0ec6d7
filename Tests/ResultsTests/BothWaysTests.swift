import BSBBackbones
import BSBBasics
import BSBCorrespondence
import Foundation
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes
import TestSupport
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

/// The ways beside the main one, with models that are quick and know nothing.
@Suite struct BothWaysTests {
    static func mesh() throws -> OpenMesh {
        try OpenMesh(PipelineTests.shape.get().mesh, name: "mug.obj", hash: "m")
    }

    // MARK: Shape to image

    @Test func aVertexIsSoughtInAPhoto() throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try AnsweringTests.inputs()
        let object = try ObjectFinder(at: bench).object(in: photo, at: click.pixel, like: mesh)
        #expect(object.isGiven && object.mask[click.pixel.x, click.pixel.y])
        // A vertex that the photo shows.
        let vertex = try #require(bench.answer(click, in: photo, on: mesh).correspondence.buddy).vertex
        let outcome = try LocateJob(at: bench).run(photo, mesh, vertex: vertex, object: object)
        #expect(!outcome.correspondence.candidates.isEmpty)
        #expect(outcome.correspondence.candidates.allSatisfy { object.mask[$0.pixel.x, $0.pixel.y] }, "sought in the object only")
        let buddy = try #require(outcome.correspondence.buddy)
        #expect(outcome.part.vertexLabels[buddy.vertex])
        #expect(outcome.mask?[buddy.pixel.x, buddy.pixel.y] == true)
        let document = LocateOutputs(outcome, at: bench).document()
        #expect(document.found && document.mask != nil && document.pixel == [buddy.pixel.x, buddy.pixel.y])
        #expect(document.vertex == vertex && document.outputs.isEmpty)
    }

    @Test func theFilesOfASearchAreWritten() throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        let mesh = try Self.mesh()
        let object = FoundObject(mask: try photo.masks(of: click, at: bench).object, click: click.pixel, isGiven: true)
        var outcome = try LocateJob(at: bench).run(photo, mesh, vertex: 40, object: object)
        outcome.correspondence = PixelCorrespondence(buddy: nil, reason: .noCandidateQualifies)
        outcome.mask = nil
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let document = try LocateOutputs(outcome, at: bench).write(to: folder)
        #expect(!document.found && document.reason == .noCandidateQualifies)
        #expect(!document.outputs.contains("mask.png") && document.outputs.last == "result.json")
        for file in document.outputs { #expect(FileManager.default.fileExists(atPath: "\(folder)/\(file)"), "\(file)") }
    }

    @Test func theObjectIsFoundWithoutAClick() throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        let mesh = try Self.mesh()
        let wanted = try photo.masks(of: click, at: bench).object
        let found = try ObjectFinder(at: bench).object(in: photo, at: nil, like: mesh)
        #expect(!found.isGiven)
        #expect(found.mask.intersectionOverUnion(wanted) > 0.9)
        let proposals = try ObjectFinder(at: bench).proposals(in: photo, like: mesh)
        for (a, b) in zip(proposals, proposals.dropFirst()) { #expect(a.score >= b.score) }
    }

    // MARK: Map

    @Test func regionsDoNotOverlapAndLieInTheObject() throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        let object = try photo.masks(of: click, at: bench).object
        let regions = try MapJob(at: bench).regions(of: object, in: photo)
        #expect(regions.count > 1)
        var seen = Mask(width: object.width, height: object.height)
        for region in regions {
            #expect(seen.intersection(region.visible).isEmpty)
            seen = seen.union(region.visible)
            #expect(region.visible[region.click.x, region.click.y])
            #expect(Float(region.visible.count) >= 0.01 * Float(object.count))
        }
        #expect(seen.subtracting(object).isEmpty)
        for (a, b) in zip(regions, regions.dropFirst()) { #expect(a.mask.count >= b.mask.count) }
        #expect(regions.map(\.votes).reduce(0, +) > regions.count, "masks are merged")
    }

    @Test func labelsGoToTheSurestRegion() {
        func region(_ probability: [Float], iou: Float) -> MapJob.Region {
            var region = MapJob.Region(
                click: Pixel(x: 0, y: 0), mask: Mask(width: 1, height: 1), visible: Mask(width: 1, height: 1), predictedIoU: 1, votes: 1)
            region.segment = SurfaceSegment(probability: probability)
            region.correspondence.buddy = Candidate(
                vertex: 0, similarity: 1, pixel: Pixel(x: 0, y: 0), pixelSimilarity: 1, qualifies: true, iou: iou)
            return region
        }
        let labels = MapJob.vertexLabels([region([1, 0.9, 0.2, 0], iou: 0.5), region([0.4, 0.6, 0.6, 0], iou: 0.9)], count: 4)
        #expect(labels == [1, 2, 2, 0])
        var mesh = Mesh(vertices: [.zero, [1, 0, 0], [0, 1, 0], [1, 1, 0]], faces: [[0, 1, 2], [1, 3, 2]])
        #expect(MapOutputs.fileFaceLabels(labels, of: mesh) == [2, 2])
        mesh.fileFace = [0, 0]
        mesh.fileFaceCount = 1
        #expect(MapOutputs.fileFaceLabels([1, 1, 0, 0], of: mesh) == [0], "of a tie the lower label")
    }

    // MARK: More clicks

    @Test func aMaskTakesThePlaceOfAClick() throws {
        let bench = PipelineTests.bench()
        let (_, photo, _) = try PipelineTests.inputs(bench)
        let mask = Mask(width: 200, height: 200) { x, y in (90..<120).contains(x) && (80..<130).contains(y) }
        let click = try #require(Click(standingFor: mask))
        #expect(mask[click.pixel.x, click.pixel.y])
        #expect(try photo.masks(of: click, at: bench).part == mask)
        #expect(Click(standingFor: Mask(width: 4, height: 4)) == nil)
        let small = try #require(Click(standingFor: Mask(width: 4, height: 4).complement))
        #expect(try failure { try photo.masks(of: small, at: bench) }.kind == .badInput)
    }

    @Test func unwantedClicksGoWithEveryPrompt() throws {
        let click = Click(Pixel(x: 1, y: 2), more: [Pixel(x: 3, y: 4)], unwanted: [Pixel(x: 5, y: 6)])
        #expect(click.prompt.points.map(\.isForeground) == [true, true, false])
        let bench = PipelineTests.bench()
        let (_, photo, _) = try PipelineTests.inputs(bench)
        let masks = try photo.masks(of: click, at: bench)
        let prompt = try photo.clicked(click, masks: masks, at: bench).prompt(at: Pixel(x: 9, y: 9))
        #expect(prompt.points.map(\.position) == [[9.5, 9.5], [5.5, 6.5]])
        #expect(prompt.points.map(\.isForeground) == [true, false])
    }

    @Test func clickListsAreRead() throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Mask(width: 6, height: 4).complement.writePNG(to: folder + "/m.png")
        let path = folder + "/clicks.json"
        let text = """
            [[1, 2], {"x": 3, "y": 4, "name": "rim", "object": [5, 6], "box": [0, 0, 9, 8.5], "positive": [[1, 1]], "negative": [[2, 2]]},
             {"mask": "m.png"}]
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let list = try ClickList(contentsOf: path)
        #expect(list.entries.map(\.name) == ["0", "rim", "2"])
        #expect(list.entries[0].click == Click(Pixel(x: 1, y: 2)))
        #expect(
            list.entries[1].click
                == Click(
                    Pixel(x: 3, y: 4), objectPixel: Pixel(x: 5, y: 6), box: Prompt.Box(low: [0, 0], high: [9, 8.5]),
                    more: [Pixel(x: 1, y: 1)], unwanted: [Pixel(x: 2, y: 2)]))
        #expect(list.entries[2].click.mask?.count == 24)
    }

    @Test(arguments: [
        "{}", "[", "[]", "[[1]]", "[[1, 2, 3]]", "[{\"x\": 1}]", "[{\"x\": 1, \"y\": 2, \"box\": [1, 2]}]",
        "[{\"x\": 1, \"y\": 2, \"name\": \"../a\"}]", "[{\"x\": 1, \"y\": 2, \"name\": \"a\"}, {\"x\": 1, \"y\": 2, \"name\": \"a\"}]",
        "[{\"x\": 1, \"y\": 2, \"positive\": [[1]]}]",
    ])
    func whatIsNoClickListIsRefused(text: String) throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try text.write(toFile: folder + "/clicks.json", atomically: true, encoding: .utf8)
        let failure = try failure { try ClickList(contentsOf: folder + "/clicks.json") }
        #expect(failure.kind == .badInput && failure.path?.hasSuffix("clicks.json") == true)
    }

    @Test func alternativesAreRankedAndApart() throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        let mesh = try Self.mesh()
        let masks = try photo.masks(of: click, at: bench)
        var finder = AlternativeFinder(at: bench, limit: 3)
        (finder.prominence, finder.minimumScore) = (1e-5, 0)
        let outcome = try bench.answer(click, in: photo, on: mesh)
        let found = try finder.find(beside: outcome)
        #expect((1...3).contains(found.list.count))
        #expect(found.list[0].score == 1)
        #expect(abs(found.soft.probability.reduce(0, +) - 1) < 1e-3)
        for (index, place) in found.list.enumerated() {
            #expect((0...1).contains(place.iou) && (0...1.001).contains(place.mass) && (0...1).contains(place.returning))
            #expect(masks.object[place.pixel.x, place.pixel.y])
            #expect(place.qualifies == masks.part[place.pixel.x, place.pixel.y])
            for earlier in found.list[..<index] {
                #expect(earlier.score >= place.score)
                #expect(!earlier.segment.vertexLabels[place.vertex])
            }
        }
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let document = try MatchOutputs(outcome, at: bench, alternatives: found).write(to: folder)
        #expect(document.alternatives?.approximate == true && document.alternatives?.places.count == found.list.count)
        #expect(document.outputs.contains("soft.npy") && document.outputs.contains("alternative-1.npy"))
        #expect(try NumPyArray(contentsOf: folder + "/soft.npy").floats() == found.soft.probability)
    }

    // MARK: Texture

    @Test func colourModePaintsThePartInTheMedianColour() throws {
        var image = Image(width: 5, height: 1)
        for (x, red) in [10, 200, 30, 20, 40].enumerated() { image[x, 0] = Color(UInt8(red), 7, 9) }
        let mask = Mask(width: 5, height: 1) { _, _ in true }
        #expect(TextureJob.medianColor(image, mask) == SIMD3<Float>(30, 7, 9) / 255)
        // A row of points a hundredth apart, and two far away which are hardly out of the part and hardly in it.
        let places = [0, 1, 2, 3, 4, 50, -50].map { SIMD3<Float>(Float($0) / 100, 0, 0) }
        let amounts = TextureJob.amounts(SurfaceSegment(probability: [0, 0.4, 0.5, 0.6, 1, 0.45, 0.55]), at: places)
        #expect(zip(amounts, [0, 0, 0.5, 1, 1, 0, 1]).allSatisfy { abs($0 - $1) < 1e-5 }, "\(amounts)")
    }

    @Test(arguments: [TextureMode.image, .colour]) func aPaintedMeshIsWritten(mode: TextureMode) throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        let mesh = try Self.mesh()
        var match = try bench.answer(click, in: photo, on: mesh)
        match.correspondence.buddy = Candidate(
            vertex: 40, similarity: 1, pixel: click.pixel, pixelSimilarity: 1, qualifies: true, iou: 1)
        match.segment = try mesh.partFinder(at: bench).part(around: 40)
        let job = TextureJob(at: bench, mode: mode)
        let outcome = try job.run(match)
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let document = try TextureOutputs(outcome, mode: mode, at: bench).write(to: folder)
        #expect(document.found)
        let read = try Mesh(contentsOf: folder + "/textured.glb")
        #expect(read.faces.count == mesh.mesh.faces.count)
        let object = try Mesh(contentsOf: folder + "/textured.obj")
        #expect(object.vertices == mesh.mesh.vertices, "the OBJ keeps the file's vertices")
        #expect((read.appearance?.materials.contains { $0.picture != nil } ?? false) == (mode == .image))
        #expect((object.appearance != nil) == (mode == .image) && (object.vertexColors != nil) == (mode == .colour))
        if mode == .image {
            let check = try #require(document.check)
            #expect(document.overlappingTexels == 0)
            let shown = try Self.colors(try #require(outcome.painted))
            for (name, other) in [("GLB", read), ("OBJ", object)] {
                let same = zip(shown, try Self.colors(other)).count { pair in
                    let difference = pair.0 - pair.1
                    return (difference * difference).sum() < 3e-5
                }
                #expect(Double(same) > 0.995 * Double(shown.count), "\(name): \(same) of \(shown.count) pixels are as painted")
            }
            #expect(Set(shown.map { "\($0)" }).count > 100, "the picture can be seen")
            #expect(check.pixels > 0 && check.meanDifference < check.meanDifferenceOfPlainColour)
        }
    }

    @Test(arguments: [TextureMode.image, .colour]) func theRestKeepsItsPictureInBothModes(mode: TextureMode) throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        var own = try Self.mesh().mesh
        let picture = try Image(width: 4, height: 4, fill: Color(9, 200, 30)).pngData()
        own.appearance = SurfaceAppearance(
            materials: [.init(name: "own", picture: picture)], materialOfFace: own.faces.map { _ in 0 },
            coordinates: own.faces.flatMap { _ in [SIMD2<Float>(0.25, 0.5), SIMD2(0.5, 0.25), SIMD2(0.75, 0.75)] })
        let mesh = try OpenMesh(own, name: "own.obj", hash: "own")
        var match = try bench.answer(click, in: photo, on: mesh)
        match.correspondence.buddy = Candidate(
            vertex: 40, similarity: 1, pixel: click.pixel, pixelSimilarity: 1, qualifies: true, iou: 1)
        let segment = try mesh.partFinder(at: bench).part(around: 40)
        match.segment = segment
        let folder = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try TextureOutputs(TextureJob(at: bench, mode: mode).run(match), mode: mode, at: bench).write(to: folder)
        for name in ["textured.obj", "textured.glb"] {
            let read = try Mesh(contentsOf: "\(folder)/\(name)")
            let look = try #require(read.appearance)
            let kept = look.materialOfFace.count { $0 >= 0 && look.materials[Int($0)].picture == picture }
            let labels = segment.fileFaceLabels(own)
            #expect(kept > 0 && kept < own.faces.count && kept <= labels.count { !$0 }, "\(name): \(kept)")
            if mode == .colour { #expect(kept == labels.count { !$0 }, "\(name): \(kept)") }
        }
    }

    /// Where the largest mask takes in what is beside the object, the mesh covers the next smaller one better; where both are alike, the first stays.
    @Test func aWholeObjectIsPaintedFromTheMaskThatFits() throws {
        for isGreedy in [false, true] {
            var bench = PipelineTests.bench()
            let (mesh, photo, click) = try PipelineTests.inputs(bench)
            let object = try photo.masks(of: click, at: bench).object
            if isGreedy { bench.segmenter = GreedySegmenter() }
            let match = try bench.answer(click, in: photo, on: mesh)
            #expect((match.masks.object == object) != isGreedy)
            let outcome = try TextureJob(at: bench, scope: .object).run(match)
            #expect(outcome.mask == object && outcome.match.masks.object == match.masks.object)
            #expect(try #require(outcome.check).meanDifference < 0.1)
            // What the user says is the object is not doubted.
            bench.settings.objectLevel = .part
            let part = try bench.answer(click, in: photo, on: mesh)
            #expect(try TextureJob(at: bench, scope: .object).run(part).mask == part.masks.object)
        }
    }

    /// The colours of a mesh at 4 x 64 x 64 pixels from four sides; black where it is not.
    static func colors(_ mesh: Mesh) throws -> [SIMD3<Float>] {
        let scene = try RayScene(mesh: mesh)
        let size = RasterSize(64)
        let colors = try #require(try SurfaceColors(mesh))
        return (0..<4).flatMap { side -> [SIMD3<Float>] in
            let direction = Camera(azimuth: Float(side) * .pi / 2, elevation: 0.4).eye
            let surfaces = scene.surfaces(from: Camera.framing(mesh.vertices, from: direction, size: size), size: size)
            return zip(surfaces.faceIDs, surfaces.barycentrics).map { face, weights in
                face < 0 ? .zero : colors.color(face: Int(face), weights: [1 - weights.x - weights.y, weights.x, weights.y])
            }
        }
    }

    @Test func withoutACorrespondenceNothingIsPainted() throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        let mesh = try Self.mesh()
        var match = try bench.answer(click, in: photo, on: mesh)
        match.correspondence.buddy = nil
        match.segment = nil
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let document = try TextureOutputs(TextureJob(at: bench).run(match), mode: .image, at: bench).write(to: folder)
        #expect(!document.found && document.outputs == ["overview.png", "part_mask.png", "result.json"])
    }

    // MARK: Colours of the mesh

    @Test func coloursOfTheFileAreSeenOnlyWhereAskedFor() throws {
        var mesh = try PipelineTests.shape.get().mesh
        mesh.vertexColors = mesh.vertices.map { $0.y > 0 ? [1, 0, 0] : [0, 0, 1] }
        let grey = try OpenMesh(mesh, name: "a", hash: "a")
        let colored = try OpenMesh(mesh, name: "a", hash: "a", colored: true)
        #expect(grey.colors == nil && colored.colors != nil)
        #expect(grey.look != colored.look, "the cache keeps them apart")
        let plan = ViewPlan(count: 1, size: 64)
        let pictures = try [grey, colored].map { prepared -> Image in
            let views = RenderedViews(of: prepared, plan: plan, seed: 0)
            return try views.image(0, surfaces: views.surfaces(0))
        }
        func isGrey(_ image: Image) -> Bool {
            stride(from: 0, to: image.pixels.count, by: 3).allSatisfy { image.pixels[$0] == image.pixels[$0 + 2] }
        }
        #expect(isGrey(pictures[0]) && !isGrey(pictures[1]))
    }
}

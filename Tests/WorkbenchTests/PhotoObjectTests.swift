import BSBBackbones
import BSBBasics
import BSBImages
import Testing

@testable import BSBWorkbench

/// The object at a click, as the models that come with the package see it.
@Suite struct PhotoObjectTests {
    private let bench: Workbench

    init() throws { bench = Workbench(try ModelPair.embedded()) }

    private func disc(_ width: Int, _ height: Int, _ center: SIMD2<Float>, _ radius: Float) -> OpenPhoto {
        var image = Image(width: width, height: height, fill: Color(90, 110, 200))
        for y in 0..<height {
            for x in 0..<width where isNear(x, y, center, radius) { image[x, y] = Color(210, 60, 40) }
        }
        return OpenPhoto(image, name: "disc")
    }

    private func plain(_ bench: Workbench) -> Workbench {
        var bench = bench
        bench.objectHead = nil
        return bench
    }

    @Test func theObjectIsTheHeadsAndTheRestTheSegmenters() throws {
        let photo = disc(200, 150, [80, 70], 40)
        let prompts = [
            Prompt(points: [.init([80.5, 70.5])]), Prompt(points: [.init([80.5, 70.5]), .init([90.5, 70.5])]),
            Prompt(points: [.init([60.5, 50.5])], box: .init(low: [20, 20], high: [150, 120])),
        ]
        let (found, own) = (try photo.objectAnswers(to: prompts, at: bench), try photo.answers(to: prompts, at: bench))
        let head = try #require(bench.objectHead)
        let features = try bench.extractor.features(of: photo.image)
        #expect(found[0].logits[2] == (try head.object(at: [80.5, 70.5], features: features, answer: own[0])))
        #expect(Array(found[0].logits[..<2]) == Array(own[0].logits[..<2]) && found[0].predictedIoU == own[0].predictedIoU)
        #expect(found[1] == own[1] && found[2] == own[2])
        // Asked again, and by another question, it is remembered and the same.
        #expect(try photo.objectAnswers(to: prompts, at: bench) == found)
        #expect(try photo.objectAnswers(to: prompts, at: plain(bench)) == own)
        #expect(bench.models.count == 3 && plain(bench).models.count == 2)
    }

    /// A small object is looked at again in a cut, and its mask is of the whole photo.
    @Test func aSmallObjectIsSeenInACut() throws {
        let photo = disc(640, 480, [300, 200], 30)
        let (_, object, window) = try photo.predictions(of: Click(Pixel(x: 300, y: 200)), at: bench)
        #expect(window != nil)
        let mask = object.mask(.object)
        #expect((mask.width, mask.height) == (640, 480))
        var wanted = Mask(width: 640, height: 480)
        for y in 0..<480 { for x in 0..<640 where isNear(x, y, [300, 200], 30) { wanted[x, y] = true } }
        #expect(mask.intersectionOverUnion(wanted) > 0.75)
    }
}

private func isNear(_ x: Int, _ y: Int, _ center: SIMD2<Float>, _ radius: Float) -> Bool {
    let offset = SIMD2(Float(x), Float(y)) - center
    return (offset * offset).sum() < radius * radius
}

import BSBImages
import TestSupport
import Testing

@testable import BSBBackbones

@Suite struct PictureWindowTests {
    @Test func cutsAreMadeAroundSmallObjectsOnly() throws {
        let small = PixelRectangle(x: 300, y: 200, width: 40, height: 30)
        let window = try #require(PictureWindow(around: small, inWidth: 640, height: 480))
        #expect(window.area == PixelRectangle(x: 270, y: 165, width: 100, height: 100))
        #expect(PictureWindow(around: PixelRectangle(x: 0, y: 0, width: 108, height: 20), inWidth: 640, height: 480) == nil)
        #expect(PictureWindow(around: PixelRectangle(x: 1, y: 1, width: 4, height: 4), inWidth: 40, height: 40) == nil)
    }

    @Test func cutsStayInThePictureAndHoldTheObject() throws {
        for x in stride(from: 0, through: 620, by: 20) {
            for y in stride(from: 0, through: 460, by: 20) {
                let object = PixelRectangle(x: x, y: y, width: 20, height: 20)
                let area = try #require(PictureWindow(around: object, inWidth: 640, height: 480)).area
                #expect(area.clipped(width: 640, height: 480) == area)
                #expect(area.union(object) == area)
            }
        }
    }

    /// What a cut answers about the whole picture is what the cut out picture answers, moved to its place.
    @Test func masksAreThoseOfTheCutOutPicture() throws {
        let (segmenter, image) = (try segmenter(), noise(320, 240, seed: 5))
        let area = PixelRectangle(x: 130, y: 77, width: 60, height: 60)
        let window = PictureWindow(area, ofWidth: 320, height: 240)
        let whole = try segmenter.embed(image, in: window)
        let cut = try segmenter.embed(try #require(image.cropped(area)))
        let prompts = [
            Prompt(points: [.init([150.5, 100.5]), .init([140.5, 90.5], isForeground: false)]),
            Prompt(points: [.init([160.5, 110.5])], box: .init(low: [140, 80], high: [170, 120])),
        ]
        let found = try segmenter.masks(for: prompts, in: whole)
        let wanted = try segmenter.masks(for: prompts.map { $0.moved(by: [-130, -77]) }, in: cut)
        for (found, wanted) in zip(found, wanted) {
            for level in MaskLevel.allCases {
                let (large, small) = (found.mask(level), wanted.mask(level))
                #expect((large.width, large.height) == (320, 240))
                #expect(small.count > 0 && large.count == small.count)
                var isSame = true
                for y in 0..<240 {
                    for x in 0..<320 {
                        let isInside = (130..<190).contains(x) && (77..<137).contains(y)
                        isSame = isSame && large[x, y] == (isInside && small[x - 130, y - 77])
                    }
                }
                #expect(isSame)
            }
        }
        // A refined answer is about the same cut.
        let refined = Prompt(points: prompts[0].points, previous: found[0].logits[0])
        let again = try segmenter.masks(for: [refined], in: whole)[0]
        let alone = try segmenter.masks(for: [refined.moved(by: [-130, -77])], in: cut)[0]
        #expect(again.logits == alone.logits)
    }

    @Test func theMapLeadsFromTheWholePicture() throws {
        let window = PictureWindow(PixelRectangle(x: 40, y: 20, width: 80, height: 80), ofWidth: 320, height: 240)
        let embedding = try segmenter().embed(noise(320, 240, seed: 1), in: window)
        let (whole, cut) = (embedding.map([70, 60]), embedding.features.map([30, 40]))
        #expect(abs(whole.x - cut.x) < 1e-3 && abs(whole.y - cut.y) < 1e-3)
    }

    @Test func theClickedPixelIsThatOfTheWholePicture() {
        let map = LogitMap(width: 2, height: 2, values: [-1, -1, -1, -1], map: PlaneMap(scaleX: 0.1, scaleY: 0.1))
        var prediction = MaskPrediction(imageWidth: 20, imageHeight: 20, logits: [map], predictedIoU: [1])
        prediction.window = PictureWindow(PixelRectangle(x: 30, y: 10, width: 20, height: 20), ofWidth: 100, height: 50)
        let mask = prediction.mask(.part, including: [35.5, 12.5])
        #expect(mask.count == 1 && mask[35, 12])
    }
}

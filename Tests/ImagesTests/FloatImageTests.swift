import BSBImages
import Testing

@Suite struct FloatImageTests {
    private let image = Image(width: 2, height: 1, pixels: [0, 51, 255, 102, 153, 204])

    @Test func valuesAreNormalised() {
        let plain = FloatImage(image)
        #expect(zip(plain.values, [0, 0.2, 1, 0.4, 0.6, 0.8]).allSatisfy { abs($0 - $1) < 1e-6 })
        let normal = FloatImage(image, mean: [0.5, 0.4, 0.2], deviation: [0.5, 0.25, 2])
        #expect(zip(normal.values, [-1, -0.8, 0.4, -0.2, 0.8, 0.3]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(plain.planar() == [0, 3, 1, 4, 2, 5].map { plain.values[$0] })
    }

    @Test func letterboxesPadRightAndBelow() {
        let wide = FloatImage.letterboxed(Image(width: 20, height: 10, fill: Color(255, 255, 255)), side: 8, padding: -1)
        #expect((wide.width, wide.height, wide.channels) == (8, 8, 3))
        for y in 0..<8 {
            for x in 0..<8 { #expect(wide.values[3 * (8 * y + x)] == (y < 4 ? 1 : -1)) }
        }
        let tall = FloatImage.letterboxed(Image(width: 10, height: 20, fill: Color(255, 255, 255)), side: 8)
        #expect(tall.values[3 * 4] == 0 && tall.values[3 * 3] == 1)
    }

    @Test func cropsAndFlips() {
        let image = Image(width: 3, height: 2, pixels: (0..<18).map { UInt8($0) })
        #expect(image.flippedHorizontally()[0, 1] == image[2, 1])
        #expect(image.flippedVertically()[0, 1] == image[0, 0])
        #expect(image.flippedVertically().flippedVertically() == image)
        let part = image.cropped(PixelRectangle(x: 1, y: -5, width: 100, height: 6))
        #expect(part == Image(width: 2, height: 1, pixels: [3, 4, 5, 6, 7, 8]))
        #expect(image.cropped(PixelRectangle(x: 3, y: 0, width: 1, height: 1)) == nil)
        #expect(image.cropped(PixelRectangle(x: .max, y: .min, width: .max, height: .max)) == nil)
    }
}

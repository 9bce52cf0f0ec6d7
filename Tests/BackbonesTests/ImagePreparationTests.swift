import BSBImages
import Testing

@testable import BSBBackbones

@Suite struct ImagePreparationTests {
    @Test(arguments: [
        (640, 480, 224, 168), (480, 640, 168, 224), (100, 100, 224, 224), (5000, 1, 224, 1), (1, 1, 224, 224), (3, 2, 224, 149),
    ])
    func theLongestSideFillsTheFrame(width: Int, height: Int, expectedWidth: Int, expectedHeight: Int) {
        let size = ImagePreparation(side: 224).resizedSize(width: width, height: height)
        #expect(size == (expectedWidth, expectedHeight))
    }

    @Test func cornersOfThePictureMapToCornersOfItsPlaceInTheFrame() {
        let preparation = ImagePreparation(side: 256)
        let map = preparation.map(width: 301, height: 199, stride: 4)
        let size = preparation.resizedSize(width: 301, height: 199)
        let corner = map([301, 199])
        #expect(abs(corner.x - Float(size.width) / 4) < 1e-4 && abs(corner.y - Float(size.height) / 4) < 1e-4)
        #expect(map([0, 0]) == [0, 0])
    }

    private func frame(_ preparation: ImagePreparation, _ image: Image) -> [Float] {
        let length = 3 * preparation.side * preparation.side
        return [Float](unsafeUninitializedCapacity: length) { buffer, initialized in
            preparation.fill(UnsafeMutableBufferPointer(rebasing: buffer[..<length]), with: image)
            initialized = length
        }
    }

    @Test func coloursAreNormalisedAndThePictureIsPadded() {
        let image = Image(width: 8, height: 4, fill: Color(255, 0, 51))
        for padding in [ImagePreparation.Padding.mean, .black] {
            let values = frame(ImagePreparation(side: 8, padding: padding), image)
            let inside: [Float] = [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
            let black: [Float] = [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225]
            for channel in 0..<3 {
                for y in 0..<8 {
                    let expected = y < 4 ? inside[channel] : padding == .mean ? 0 : black[channel]
                    let row = values[(channel * 8 + y) * 8..<(channel * 8 + y + 1) * 8]
                    #expect(row.allSatisfy { abs($0 - expected) < 1e-5 })
                }
            }
        }
    }

    @Test func aPictureOfTheFrameSizeIsNotResampled() {
        let image = noise(16, 16, seed: 1)
        let values = frame(ImagePreparation(side: 16, mean: [0, 0, 0], deviation: [1, 1, 1]), image)
        for y in 0..<16 {
            for x in 0..<16 { #expect(values[y * 16 + x] == Float(image[x, y].red) / 255) }
        }
    }
}

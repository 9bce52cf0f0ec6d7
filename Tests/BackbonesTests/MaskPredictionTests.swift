import BSBBasics
import BSBImages
import Testing

@testable import BSBBackbones

@Suite struct MaskPredictionTests {
    private func prediction(_ width: Int, _ height: Int, cells: Int, seed: UInt64, map: PlaneMap) -> MaskPrediction {
        var generator = SeededGenerator(seed: seed)
        let logits = (0..<3).map { _ in
            LogitMap(width: cells, height: cells, values: (0..<cells * cells).map { _ in generator.uniform(-1, 1) }, map: map)
        }
        return MaskPrediction(imageWidth: width, imageHeight: height, logits: logits, predictedIoU: [1, 1, 1])
    }

    @Test(arguments: [(64, 64, 8), (200, 131, 16), (3, 5, 7), (1, 1, 4), (130, 40, 1)])
    func maskIsWhereTheInterpolatedLogitIsPositive(width: Int, height: Int, cells: Int) {
        let map = ImagePreparation(side: 64).map(width: width, height: height, stride: 64 / Float(cells))
        let prediction = prediction(width, height, cells: cells, seed: 11, map: map)
        for level in MaskLevel.allCases {
            let mask = prediction.mask(level)
            #expect((mask.width, mask.height) == (width, height))
            for y in 0..<height {
                for x in 0..<width {
                    let logit = prediction.logits[level.index].value(at: [Float(x) + 0.5, Float(y) + 0.5])
                    if abs(logit) > 1e-5 { #expect(mask[x, y] == (logit > 0)) }
                }
            }
        }
    }

    @Test func theClickedPixelCanBePutIn() {
        let map = PlaneMap(scaleX: 0.5, scaleY: 0.5)
        let logits = LogitMap(width: 4, height: 4, values: [Float](repeating: -1, count: 16), map: map)
        let prediction = MaskPrediction(imageWidth: 8, imageHeight: 8, logits: [logits], predictedIoU: [0])
        #expect(prediction.mask(.object).isEmpty)
        let mask = prediction.mask(.part, including: [3.5, 7.9])
        #expect(mask.count == 1 && mask[3, 7])
        for outside in [SIMD2<Float>(8, 1), [-0.1, 2], [.nan, 1], [1e30, 1]] { #expect(prediction.mask(.part, including: outside).isEmpty) }
    }
}

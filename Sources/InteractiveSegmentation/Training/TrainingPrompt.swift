import BSBBackbones
import Foundation

/// What the 2D segmenter answered to clicks on the surface in one view: one sample of a decoder's training.
package struct TrainingPrompt: Sendable, Hashable {
    /// The clicks on the surface, all visible in the view.
    package var clicks: [SurfaceClick]
    /// The segmenter's own estimate of the mask's IoU.
    package var score: Float
    /// The mask's logits, rows x columns of the view's maps, in steps of ``logitStep``.
    package var logits: [Int8]

    /// An answer to `clicks`.
    package init(clicks: [SurfaceClick], score: Float, logits: [Int8]) {
        self.clicks = clicks
        self.score = score
        self.logits = logits
    }

    /// The logit that an 8-bit step stands for; logits end at 127 of them on either side.
    package static let logitStep: Float = 0.125

    /// Logits in steps; what is not a number counts as 0.
    static func quantized(_ logits: [Float]) -> [Int8] {
        logits.map { $0.isNaN ? 0 : Int8(max(-127, min(127, ($0 / logitStep).rounded()))) }
    }
}

/// All answers for one view.
package struct AnsweredView: Sendable, Hashable {
    /// The view.
    package var view: Int
    /// The number of logits in a row of a mask.
    package var columns: Int
    /// The number of rows of a mask.
    package var rows: Int
    /// From the picture's plane to the masks'.
    package var map: PlaneMap
    /// The answers.
    package var prompts: [TrainingPrompt]
}

extension AnsweredView {
    /// The view as bytes: seven 32-bit numbers, then each prompt's clicks, score and logits; all little-endian.
    package var data: Data {
        var data = Data()
        for number in [view, columns, rows, prompts.count] { data.append(UInt32(clamping: number)) }
        for number in [map.scaleX, map.scaleY, map.offsetX, map.offsetY] { data.append(number.bitPattern) }
        for prompt in prompts {
            data.append(clicks: prompt.clicks)
            data.append(prompt.score.bitPattern)
            prompt.logits.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        return data
    }

    /// The view that was stored as `data`, or nil if the data is not one.
    package init?(data: Data) {
        var reader = ByteReader(data)
        guard let view = reader.number(), let columns = reader.number(), let rows = reader.number(), let count = reader.number(),
            let sx = reader.float(), let sy = reader.float(), let ox = reader.float(), let oy = reader.float(),
            (1...4096).contains(columns), (1...4096).contains(rows)
        else { return nil }
        self.init(
            view: view, columns: columns, rows: rows, map: PlaneMap(scaleX: sx, scaleY: sy, offsetX: ox, offsetY: oy), prompts: [])
        for _ in 0..<count {
            guard let clicks = reader.clicks(), let score = reader.float(), let logits = reader.bytes(columns * rows) else { return nil }
            prompts.append(TrainingPrompt(clicks: clicks, score: score, logits: logits.map { Int8(bitPattern: $0) }))
        }
        guard reader.isAtEnd else { return nil }
    }
}

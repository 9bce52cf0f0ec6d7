import Backbones
import Basics
import Foundation

/// What the 2D segmenter answered to clicks on the surface in one view: one sample of a decoder's training.
public struct TrainingPrompt: Sendable, Hashable {
    /// The clicks on the surface, all visible in the view.
    public var clicks: [SurfaceClick]
    /// The segmenter's own estimate of the mask's IoU.
    public var score: Float
    /// The mask's logits, rows x columns of the view's maps, in steps of ``logitStep``.
    public var logits: [Int8]

    /// An answer to `clicks`.
    public init(clicks: [SurfaceClick], score: Float, logits: [Int8]) {
        self.clicks = clicks
        self.score = score
        self.logits = logits
    }

    /// The logit that an 8-bit step stands for; logits end at 127 of them on either side.
    public static let logitStep: Float = 0.125

    /// Logits in steps; what is not a number counts as 0.
    static func quantized(_ logits: [Float]) -> [Int8] {
        logits.map { $0.isNaN ? 0 : Int8(max(-127, min(127, ($0 / logitStep).rounded()))) }
    }
}

/// All answers for one view.
public struct AnsweredView: Sendable, Hashable {
    /// The view.
    public var view: Int
    /// The number of logits in a row of a mask.
    public var columns: Int
    /// The number of rows of a mask.
    public var rows: Int
    /// From the picture's plane to the masks'.
    public var map: PlaneMap
    /// The answers.
    public var prompts: [TrainingPrompt]
}

extension AnsweredView {
    /// The view as bytes: seven 32-bit numbers, then each prompt's clicks, score and logits; all little-endian.
    public var data: Data {
        var data = Data()
        for number in [view, columns, rows, prompts.count] { data.append(UInt32(clamping: number)) }
        for number in [map.scaleX, map.scaleY, map.offsetX, map.offsetY] { data.append(number.bitPattern) }
        for prompt in prompts {
            data.append(UInt32(clamping: prompt.clicks.count))
            for click in prompt.clicks {
                data.append(UInt32(clamping: click.vertex))
                data.append(UInt32(click.isForeground ? 1 : 0))
            }
            data.append(prompt.score.bitPattern)
            prompt.logits.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        return data
    }

    /// The view that was stored as `data`, or nil if the data is not one.
    public init?(data: Data) {
        var reader = ByteReader(data)
        guard let view = reader.number(), let columns = reader.number(), let rows = reader.number(), let count = reader.number(),
            let sx = reader.float(), let sy = reader.float(), let ox = reader.float(), let oy = reader.float(),
            (1...4096).contains(columns), (1...4096).contains(rows)
        else { return nil }
        self.init(
            view: view, columns: columns, rows: rows, map: PlaneMap(scaleX: sx, scaleY: sy, offsetX: ox, offsetY: oy), prompts: [])
        for _ in 0..<count {
            guard let clickCount = reader.number(), clickCount <= 64 else { return nil }
            var clicks: [SurfaceClick] = []
            for _ in 0..<clickCount {
                guard let vertex = reader.number(), let polarity = reader.number(), polarity <= 1 else { return nil }
                clicks.append(SurfaceClick(vertex, isForeground: polarity == 1))
            }
            guard let score = reader.float(), let logits = reader.bytes(columns * rows) else { return nil }
            prompts.append(TrainingPrompt(clicks: clicks, score: score, logits: logits.map { Int8(bitPattern: $0) }))
        }
        guard reader.isAtEnd else { return nil }
    }
}

extension Data {
    fileprivate mutating func append(_ number: UInt32) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}

/// Reads numbers off the front of data, never beyond its end.
private struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ data: Data) { bytes = Array(data) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func number() -> Int? {
        bytes(4).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
    }

    mutating func float() -> Float? {
        number().map { Float(bitPattern: UInt32($0)) }
    }
}

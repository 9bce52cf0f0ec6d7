import BSBImages
import BSBInteractiveSegmentation
import Foundation

/// The course of a training as a table and as a picture.
struct LossCurve {
    private let history: [LossPoint]

    /// The course of the given looks at what is held out.
    init(_ history: [LossPoint]) { self.history = history }

    /// `step,training,heldOut,heldOutIoU`, a line for each look; the first has no training loss yet.
    var csv: String {
        let lines = history.map { point in
            "\(point.step),\(point.step == 0 ? "" : "\(point.training)"),\(point.heldOut),\(point.heldOutIoU)"
        }
        return (["step,training,heldOut,heldOutIoU"] + lines).joined(separator: "\n") + "\n"
    }

    private static let area = PixelRectangle(x: 70, y: 60, width: 680, height: 340)
    private static let training = Color(hex: 0x8A_92_9E)
    private static let heldOut = Palette.headline(.sure)
    private static let overlap = Palette.qualifying
    private static let ink = Palette.ink

    /// The losses from 0 to the largest, the IoU from 0 to 1, over the steps.
    func image() -> Image {
        var canvas = Canvas(width: 800, height: 470, fill: .white)
        let area = Self.area
        canvas.text("Training of the click decoder", at: [Float(area.x), 18], TextStyle(size: 22, color: Self.ink))
        let (low, high) = (SIMD2(Float(area.x), Float(area.y)), SIMD2(Float(area.x + area.width), Float(area.y + area.height)))
        canvas.strokeRectangle(from: low, to: high, Color(hex: 0xC8_CD_D4))
        let largest = max(history.map { max($0.heldOut, $0.training) }.filter(\.isFinite).max() ?? 1, 1e-6)
        draw(history.filter { $0.step > 0 }.map { ($0.step, $0.training / largest) }, Self.training, on: &canvas)
        draw(history.map { ($0.step, $0.heldOut / largest) }, Self.heldOut, on: &canvas)
        draw(history.map { ($0.step, $0.heldOutIoU) }, Self.overlap, on: &canvas)
        let small = { (color: Color) in TextStyle(size: 15, color: color) }
        canvas.text(String(format: "%.3f", largest), at: [14, Float(area.y) - 6], small(Self.heldOut))
        canvas.text("1", at: [Float(area.x + area.width) + 8, Float(area.y) - 6], small(Self.overlap))
        canvas.text("0", at: [50, Float(area.y + area.height) - 10], small(Self.ink))
        let below = Float(area.y + area.height) + 12
        canvas.text("0", at: [Float(area.x), below], small(Self.ink))
        canvas.text("\(history.last?.step ?? 0) steps", at: [Float(area.x + area.width) - 80, below], small(Self.ink))
        let legend = [
            ("cross-entropy, learned", Self.training), ("cross-entropy, held out", Self.heldOut), ("IoU, held out", Self.overlap),
        ]
        var x = Float(area.x)
        for (words, color) in legend {
            canvas.text(words, at: [x, below + 26], small(color))
            x += 250
        }
        return canvas.image
    }

    /// Draws values of 0 to 1 over the steps.
    private func draw(_ points: [(step: Int, value: Float)], _ color: Color, on canvas: inout Canvas) {
        let steps = Float(max(1, history.last?.step ?? 1))
        let area = Self.area
        let line = points.filter { $0.value.isFinite }.map { point in
            SIMD2(
                Float(area.x) + Float(point.step) / steps * Float(area.width),
                Float(area.y + area.height) - min(max(point.value, 0), 1) * Float(area.height))
        }
        canvas.polyline(line, color, thickness: 2)
    }
}

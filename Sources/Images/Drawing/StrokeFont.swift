import Foundation

/// The project's own font: a sans serif of even strokes, drawn with a round pen at any size.
///
/// It has the printable ASCII characters and `° ± × · – — … → ≤ ≥`; other characters appear as a box.
package enum StrokeFont {
    /// The distance between baselines, as a multiple of the font size.
    package static let lineHeight: Float = 1.3

    /// The width of a line of text in pixels at a font size in pixels.
    package static func width(of text: String, size: Float) -> Float {
        text.reduce(0) { $0 + glyph($1).advance } * size / unitsPerEm
    }

    /// Breaks text into lines at most `width` pixels wide, at spaces where there are some, else within words; keeps its line breaks.
    package static func wrap(_ text: String, width limit: Float, size: Float) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }.flatMap { wrap(line: $0, limit, size) }
    }

    private static func wrap(line: Substring, _ limit: Float, _ size: Float) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ").flatMap({ pieces(of: String($0), limit, size) }) {
            let longer = current.isEmpty ? word : current + " " + word
            if current.isEmpty || width(of: longer, size: size) <= limit {
                current = longer
            } else {
                lines.append(current)
                current = word
            }
        }
        return lines + [current]
    }

    /// A word, cut into pieces that fit; a piece has at least one character.
    private static func pieces(of word: String, _ limit: Float, _ size: Float) -> [String] {
        guard width(of: word, size: size) > limit else { return [word] }
        var pieces = [""]
        for character in word {
            if !pieces[pieces.count - 1].isEmpty, width(of: pieces[pieces.count - 1] + String(character), size: size) > limit {
                pieces.append("")
            }
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }

    static let unitsPerEm: Float = 20
    /// From the top of a line to its baseline, in font sizes.
    static let ascent: Float = 0.95
    /// Free space on either side of a glyph, in units.
    static let bearing: Float = 1.85

    /// A character as straight pieces in units; a piece of no length is a dot.
    struct Glyph {
        var width: Float
        var segments: [(start: SIMD2<Float>, end: SIMD2<Float>)]
        var advance: Float { width + 2 * bearing }
    }

    static func glyph(_ character: Character) -> Glyph {
        glyphs[character] ?? box
    }

    private static let glyphs = strokeGlyphs.mapValues { Glyph(width: $0.width, segments: segments($0.path)) }
    private static let box = Glyph(width: 7, segments: segments("P 0 0 0 13 7 13 7 0 0 0"))

    /// The straight pieces of a pen's way; see `strokeGlyphs`.
    private static func segments(_ path: String) -> [(start: SIMD2<Float>, end: SIMD2<Float>)] {
        var result: [(start: SIMD2<Float>, end: SIMD2<Float>)] = []
        var command: Substring = ""
        var numbers: [Float] = []
        func finish() {
            let points = points(command, numbers)
            result += zip(points, points.dropFirst()).map { ($0, $1) }
        }
        for word in path.split(separator: " ") {
            if let number = Float(word) {
                numbers.append(number)
            } else {
                finish()
                (command, numbers) = (word, [])
            }
        }
        finish()
        return result
    }

    private static func points(_ command: Substring, _ n: [Float]) -> [SIMD2<Float>] {
        let corners = stride(from: 0, to: n.count - 1, by: 2).map { SIMD2(n[$0], n[$0 + 1]) }
        switch command {
        case "D": return [corners[0], corners[0]]
        case "C":
            return (0...8).map { step in
                let (t, s) = (Float(step) / 8, 1 - Float(step) / 8)
                return s * s * s * corners[0] + 3 * s * s * t * corners[1] + 3 * s * t * t * corners[2] + t * t * t * corners[3]
            }
        case "A":
            let count = max(4, Int(abs(n[5] - n[4]) / 15))
            return (0...count).map { step in
                let angle = (n[4] + (n[5] - n[4]) * Float(step) / Float(count)) * .pi / 180
                return SIMD2(n[0] + n[2] * cos(angle), n[1] + n[3] * sin(angle))
            }
        default: return corners
        }
    }
}

/// How text looks.
package struct TextStyle: Sendable, Hashable {
    /// The font size in pixels; capitals are 0.7 of it high.
    package var size: Float
    /// The colour.
    package var color: Color
    /// The thickness of strokes, 1 for normal and 1.6 for bold.
    package var weight: Float

    /// Text of the given size.
    package init(size: Float = 16, color: Color = .black, weight: Float = 1) {
        self.size = size
        self.color = color
        self.weight = weight
    }

    /// The thickness of strokes in pixels: a little more than a twelfth of the size, and enough to show.
    var thickness: Float { max(size * 0.088, 1.1) * weight }
    /// The distance between baselines in pixels.
    package var lineHeight: Float { (size * StrokeFont.lineHeight).rounded() }
}

/// Which end of a text lies at the given position.
package enum TextAlignment: Sendable {
    /// The text begins there.
    case left
    /// The text is centred there.
    case center
    /// The text ends there.
    case right
}

extension Canvas {
    /// Writes one line of text with the upper left corner (or centre, or right corner) of its line at `position`.
    package mutating func text(_ text: String, at position: SIMD2<Float>, _ style: TextStyle = .init(), alignment: TextAlignment = .left) {
        guard style.size.isFinite, style.size > 0, position.x.isFinite, position.y.isFinite else { return }
        let scale = style.size / StrokeFont.unitsPerEm
        let share: Float = alignment == .left ? 0 : alignment == .center ? 0.5 : 1
        var pen = position.x - share * StrokeFont.width(of: text, size: style.size)
        // Horizontal strokes are sharpest where the baseline lies in the middle of a row of pixels.
        let baseline = (position.y + StrokeFont.ascent * style.size).rounded() - style.thickness.truncatingRemainder(dividingBy: 2) / 2
        for character in text {
            let glyph = StrokeFont.glyph(character)
            draw(glyph, at: [pen + StrokeFont.bearing * scale, baseline], scale, style)
            pen += glyph.advance * scale
        }
    }

    /// Writes text broken into lines that are at most `width` pixels wide; gives the height that they take.
    @discardableResult
    package mutating func text(
        _ text: String, at position: SIMD2<Float>, wrappedTo width: Float, _ style: TextStyle = .init(), alignment: TextAlignment = .left
    ) -> Float {
        let lines = StrokeFont.wrap(text, width: width, size: style.size)
        for (i, line) in lines.enumerated() {
            self.text(line, at: position + [0, Float(i) * style.lineHeight], style, alignment: alignment)
        }
        return Float(lines.count) * style.lineHeight
    }

    /// Writes one line of text on a plate with round corners, which makes it readable over a picture; gives the size of the plate.
    @discardableResult
    package mutating func label(
        _ text: String, at position: SIMD2<Float>, _ style: TextStyle = .init(color: .white), plate: Color = .black, opacity: Float = 0.6
    ) -> SIMD2<Float> {
        let margin = (style.size * 0.35).rounded()
        let size = SIMD2(StrokeFont.width(of: text, size: style.size) + 2 * margin, style.lineHeight + margin)
        fillRectangle(from: position, to: position + size, cornerRadius: style.size * 0.35, plate, opacity: opacity)
        self.text(text, at: position + [margin, margin / 2], style)
        return size
    }

    private mutating func draw(_ glyph: StrokeFont.Glyph, at origin: SIMD2<Float>, _ scale: Float, _ style: TextStyle) {
        let flip = SIMD2<Float>(scale, -scale)
        let segments = glyph.segments.map { (start: origin + flip * $0.start, end: origin + flip * $0.end) }
        guard let first = segments.first else { return }
        let low = segments.reduce(first.start) { pointwiseMin($0, pointwiseMin($1.start, $1.end)) }
        let high = segments.reduce(first.start) { pointwiseMax($0, pointwiseMax($1.start, $1.end)) }
        // Dots are a little thicker than strokes.
        let reach = style.thickness / 2
        fill(from: low - 1.5 * reach, to: high + 1.5 * reach, style.color, opacity: 1) { point in
            segments.reduce(Float.infinity) { nearest, segment in
                min(nearest, distanceToSegment(point, segment.start, segment.end) - (segment.start == segment.end ? 1.25 * reach : reach))
            }
        }
    }
}

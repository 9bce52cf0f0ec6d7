import BSBCorrespondence
import BSBImages

/// Rows of captioned pictures under a headline: the layout of every overview.
struct PictureSheet {
    /// A picture and what it shows.
    struct Panel {
        var image: Image
        var caption: String

        init(_ image: Image, _ caption: String) {
            self.image = image
            self.caption = caption
        }
    }

    var title: String
    /// How good the news is.
    var grade = Grade.sure
    var subtitle: String
    var rows: [[Panel]]
    /// Sentences below the rows.
    var notes: [String] = []

    private static let margin = 24
    private static let gap = 12
    private static let captionSize: Float = 15
    private static let noteSize: Float = 16

    /// The sheet; at least one row of at least one panel.
    func image() -> Image {
        let width = max(640, rows.map { Self.width($0) }.max() ?? 0)
        let heights = rows.map { row in row.map { $0.image.height + Self.captionHeight($0) }.max() ?? 0 }
        let top = 88 + Self.lines(subtitle, width: Float(width), size: 18) * 24
        let below = notes.reduce(0) { $0 + Self.lines($1, width: Float(width), size: Self.noteSize) * 24 }
        let height = top + heights.reduce(0, +) + Self.gap * rows.count + below + Self.margin
        var canvas = Canvas(width: width + 2 * Self.margin, height: height, fill: .white)
        let (left, full) = (Float(Self.margin), Float(width))
        canvas.text(title, at: [left, 22], TextStyle(size: 32, color: Palette.headline(grade), weight: 1.7))
        canvas.text(subtitle, at: [left, 68], wrappedTo: full, TextStyle(size: 18, color: Palette.ink))
        var y = top
        for (row, height) in zip(rows, heights) {
            var x = Self.margin
            for panel in row {
                canvas.paste(panel.image, x: x, y: y)
                canvas.text(
                    panel.caption, at: [Float(x), Float(y + panel.image.height + 6)], wrappedTo: Self.captionWidth(panel),
                    TextStyle(size: Self.captionSize, color: Palette.caption))
                x += panel.image.width + Self.gap
            }
            y += height + Self.gap
        }
        for note in notes {
            canvas.text(note, at: [left, Float(y)], wrappedTo: full, TextStyle(size: Self.noteSize, color: Palette.ink))
            y += Self.lines(note, width: full, size: Self.noteSize) * 24
        }
        return canvas.image
    }

    /// A headline for each grade of an answer, that of none being "No correspondence".
    static func title(_ grade: Grade, sure: String, unsure: String) -> String {
        switch grade {
        case .sure: sure
        case .unsure: unsure
        case .none: "No correspondence"
        }
    }

    private static func captionWidth(_ panel: Panel) -> Float { Float(max(panel.image.width, 200)) }

    private static func captionHeight(_ panel: Panel) -> Int {
        8 + 22 * lines(panel.caption, width: captionWidth(panel), size: captionSize)
    }

    private static func lines(_ text: String, width: Float, size: Float) -> Int {
        text.isEmpty ? 0 : StrokeFont.wrap(text, width: width, size: size).count
    }

    private static func width(_ row: [Panel]) -> Int {
        row.map(\.image.width).reduce(0, +) + gap * max(0, row.count - 1)
    }
}

/// A photo at the size of a panel, to be marked in the photo's own coordinates.
struct PhotoPanel {
    private var canvas: Canvas
    private let scale: Float

    /// The photo, scaled to fit into a box.
    init(_ photo: Image, width: Int = 560, height: Int = 420) {
        scale = min(Float(width) / Float(photo.width), Float(height) / Float(photo.height))
        let size = (max(1, Int(Float(photo.width) * scale)), max(1, Int(Float(photo.height) * scale)))
        canvas = Canvas(photo.resized(width: size.0, height: size.1, filter: .bicubic))
    }

    /// The marked picture.
    var image: Image { canvas.image }

    /// Fills a mask with a colour and draws its border.
    mutating func fill(_ mask: Mask, _ color: Color, opacity: Float = 0.5) {
        let scaled = mask.resized(width: canvas.width, height: canvas.height)
        canvas.fill(scaled, color, opacity: opacity)
        canvas.outline(scaled, color, thickness: 2)
    }

    /// Fills a mask with falling lines, for what has no counterpart.
    mutating func hatch(_ mask: Mask) {
        let scaled = mask.resized(width: canvas.width, height: canvas.height)
        let lines = Mask(width: scaled.width, height: scaled.height) { x, y in scaled[x, y] && (x + y) % 8 < 3 }
        canvas.fill(scaled, .white, opacity: 0.35)
        canvas.fill(lines, Palette.unwanted, opacity: 0.7)
        canvas.outline(scaled, Palette.unwanted, thickness: 1)
    }

    /// Pales what is outside a mask and draws its border.
    mutating func pale(outside mask: Mask, _ color: Color) {
        let scaled = mask.resized(width: canvas.width, height: canvas.height)
        canvas.fill(scaled.complement, .white, opacity: 0.35)
        canvas.outline(scaled, color, thickness: 2)
    }

    /// Writes words into the upper left corner.
    mutating func label(_ words: String) { _ = canvas.label(words, at: [8, 8]) }

    /// Draws the border of a mask.
    mutating func outline(_ mask: Mask, _ color: Color) {
        canvas.outline(mask.resized(width: canvas.width, height: canvas.height), color, thickness: 2, edged: true)
    }

    /// Marks a click.
    mutating func click(_ pixel: Pixel) { canvas.clickMarker(pixel.center * scale, radius: 6) }

    /// Marks where candidates are, or lead to; later ones lie above earlier ones, and no rim above a dot.
    mutating func dots(_ marks: [(pixel: Pixel, color: Color)]) {
        for mark in marks { canvas.fillDisc(mark.pixel.center * scale, radius: 5, .white) }
        for mark in marks { canvas.fillDisc(mark.pixel.center * scale, radius: 4, mark.color) }
    }

    /// Marks the pixel that was chosen.
    mutating func crosshair(_ pixel: Pixel) {
        canvas.crosshair(pixel.center * scale, radius: 14, .black, thickness: 4)
        canvas.crosshair(pixel.center * scale, radius: 14, .white, thickness: 2)
    }
}

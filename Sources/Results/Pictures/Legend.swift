import BSBImages

/// A list of colours and what they stand for, in as many columns as fit.
struct Legend {
    /// A colour and what it stands for.
    struct Entry {
        var color: Color
        var text: String
    }

    var entries: [Entry]
    var width: Int

    private static let line = 26
    private static let column = 340

    /// The list; at least one line high.
    func image() -> Image {
        let columns = max(1, width / Self.column)
        let lines = max(1, (entries.count + columns - 1) / columns)
        var canvas = Canvas(width: width, height: lines * Self.line + 8, fill: .white)
        for (index, entry) in entries.enumerated() {
            let (x, y) = (Float(index / lines * Self.column), Float(index % lines * Self.line + 4))
            canvas.fillRectangle(from: [x, y + 2], to: [x + 18, y + 20], entry.color)
            canvas.text(entry.text, at: [x + 26, y + 3], TextStyle(size: 15, color: Palette.ink))
        }
        return canvas.image
    }
}

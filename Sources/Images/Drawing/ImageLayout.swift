/// Where smaller pictures lie along the shorter way of a row or column.
package enum LayoutAlignment: Sendable {
    /// At the left or top.
    case start
    /// In the middle.
    case center
    /// At the right or bottom.
    case end

    func offset(_ size: Int, in available: Int) -> Int {
        switch self {
        case .start: 0
        case .center: (available - size) / 2
        case .end: available - size
        }
    }
}

extension Image {
    /// Pictures side by side, `spacing` pixels apart; at least one.
    public static func row(
        _ images: [Image], spacing: Int = 0, alignment: LayoutAlignment = .center, background: Color = .white
    ) -> Image {
        precondition(!images.isEmpty, "at least one picture")
        let height = images.map(\.height).max()!
        var canvas = Canvas(
            width: images.map(\.width).reduce(0, +) + spacing * (images.count - 1), height: height, fill: background)
        var x = 0
        for image in images {
            canvas.paste(image, x: x, y: alignment.offset(image.height, in: height))
            x += image.width + spacing
        }
        return canvas.image
    }

    /// Pictures one below another, `spacing` pixels apart; at least one.
    public static func column(
        _ images: [Image], spacing: Int = 0, alignment: LayoutAlignment = .center, background: Color = .white
    ) -> Image {
        precondition(!images.isEmpty, "at least one picture")
        let width = images.map(\.width).max()!
        var canvas = Canvas(
            width: width, height: images.map(\.height).reduce(0, +) + spacing * (images.count - 1), fill: background)
        var y = 0
        for image in images {
            canvas.paste(image, x: alignment.offset(image.width, in: width), y: y)
            y += image.height + spacing
        }
        return canvas.image
    }

    /// Pictures in rows of `columns`, each in a cell as large as the largest; at least one picture.
    public static func grid(_ images: [Image], columns: Int, spacing: Int = 0, background: Color = .white) -> Image {
        precondition(!images.isEmpty && columns > 0, "at least one picture and one column")
        let (w, h) = (images.map(\.width).max()!, images.map(\.height).max()!)
        let across = min(columns, images.count)
        let down = (images.count + columns - 1) / columns
        var canvas = Canvas(width: across * (w + spacing) - spacing, height: down * (h + spacing) - spacing, fill: background)
        for (i, image) in images.enumerated() {
            let (column, row) = (i % columns, i / columns)
            canvas.paste(
                image, x: column * (w + spacing) + (w - image.width) / 2, y: row * (h + spacing) + (h - image.height) / 2)
        }
        return canvas.image
    }

    /// The picture with a margin of one colour.
    public func framed(left: Int, top: Int, right: Int, bottom: Int, _ color: Color = .white) -> Image {
        var canvas = Canvas(width: width + left + right, height: height + top + bottom, fill: color)
        canvas.paste(self, x: left, y: top)
        return canvas.image
    }

    /// The picture with the same margin of one colour on every side.
    public func framed(_ margin: Int, _ color: Color = .white) -> Image {
        framed(left: margin, top: margin, right: margin, bottom: margin, color)
    }
}

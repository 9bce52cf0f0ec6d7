import BSBImages
import Testing

@Suite struct CanvasTests {
    @Test func shapesCoverTheirArea() {
        func inked(_ draw: (inout Canvas) -> Void) -> Float {
            var canvas = Canvas(width: 100, height: 100)
            draw(&canvas)
            return canvas.image.pixels.reduce(0) { $0 + Float(255 - Int($1)) } / (3 * 255)
        }
        #expect(abs(inked { $0.fillDisc([50, 50], radius: 20, .black) } - .pi * 400) < 6)
        #expect(abs(inked { $0.strokeDisc([50, 50], radius: 30, .black, thickness: 4) } - 2 * .pi * 30 * 4) < 10)
        #expect(abs(inked { $0.fillRectangle(from: [10, 10], to: [30.5, 40], .black) } - 20.5 * 30) < 4)
        #expect(abs(inked { $0.line([10, 20], [90, 70], .black, thickness: 3) } - (94.34 * 3 + 2.25 * .pi)) < 4)
        #expect(abs(inked { $0.fillDisc([0, 0], radius: 20, .black) } - .pi * 100) < 10)
    }

    @Test func nothingDrawnOutsideTraps() {
        var canvas = Canvas(width: 20, height: 10)
        let empty = canvas.image
        let far: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30]
        for x in far {
            canvas.fillDisc([x, 5], radius: 3, .black)
            canvas.line([x, x], [x, x], .black)
            canvas.text("text", at: [x, 0])
            canvas.strokeRectangle(from: [x, 0], to: [x, 10], .black)
            canvas.clickMarker([5, x])
            canvas.crosshair([x, 5], .black)
        }
        canvas.text("text", at: [0, 0], TextStyle(size: .nan))
        canvas.paste(Image(width: 3, height: 3), x: -3, y: 2)
        canvas.paste(Image(width: 3, height: 3), x: 20, y: .max - 5)
        #expect(canvas.image == empty)
    }

    @Test func masksAreTintedAndOutlined() {
        let mask = Mask(width: 30, height: 20) { x, y in x >= 10 && x < 20 && y >= 5 && y < 15 }
        var canvas = Canvas(width: 30, height: 20)
        canvas.fill(mask, .black, opacity: 0.5)
        #expect(canvas.image[15, 10] == Color(128, 128, 128) && canvas.image[5, 10] == Color(255, 255, 255))
        canvas.outline(mask, Color(255, 0, 0), thickness: 2)
        #expect(
            canvas.image[10, 10] == Color(255, 0, 0) && canvas.image[9, 10] == Color(255, 0, 0)
                && canvas.image[15, 10] == Color(128, 128, 128))
        canvas.dim(outside: mask, opacity: 1)
        #expect(canvas.image[0, 0] == Color(0, 0, 0) && canvas.image[15, 10] == Color(128, 128, 128))
    }

    @Test func picturesArePastedAndLaidOut() {
        let red = Image(width: 4, height: 2, fill: Color(255, 0, 0))
        let blue = Image(width: 2, height: 6, fill: Color(0, 0, 255))
        let row = Image.row([red, blue], spacing: 1)
        #expect((row.width, row.height) == (7, 6))
        #expect(row[0, 2] == Color(255, 0, 0) && row[0, 0] == Color(255, 255, 255) && row[5, 0] == Color(0, 0, 255))
        let column = Image.column([red, blue], spacing: 3, alignment: .end)
        #expect((column.width, column.height) == (4, 11))
        #expect(column[3, 10] == Color(0, 0, 255) && column[1, 10] == Color(255, 255, 255))
        let grid = Image.grid([red, blue, red], columns: 2, spacing: 1)
        #expect((grid.width, grid.height) == (9, 13))
        #expect(red.framed(3).width == 10)
        var canvas = Canvas(width: 20, height: 20)
        #expect(
            canvas.paste(red, fitting: PixelRectangle(x: 2, y: 0, width: 16, height: 20))
                == PixelRectangle(x: 2, y: 6, width: 16, height: 8))
        #expect(canvas.image[10, 10] == Color(255, 0, 0))
        canvas.paste(blue, x: 0, y: 0, opacity: 0.5)
        #expect(canvas.image[0, 0] == Color(128, 128, 255))
    }

    @Test func everyCharacterHasInkAndWidth() {
        for code in UInt8(32)...126 {
            let text = String(UnicodeScalar(code))
            var canvas = Canvas(width: 40, height: 40)
            canvas.text(text, at: [10, 5], TextStyle(size: 24))
            let inked = canvas.image.pixels.contains { $0 < 128 }
            #expect(inked == (text != " "), "\(text)")
            #expect(StrokeFont.width(of: text, size: 20) > 3)
        }
    }

    @Test func textWraps() {
        let text = "A click finds the part of a mesh\nthat means the same"
        let lines = StrokeFont.wrap(text, width: 120, size: 16)
        #expect(lines.allSatisfy { StrokeFont.width(of: $0, size: 16) <= 120 })
        #expect(lines.joined(separator: " ") == text.map { $0 == "\n" ? " " : String($0) }.joined())
        #expect(lines.contains { $0.hasPrefix("that") })
        let word = String(repeating: "w", count: 50)
        #expect(StrokeFont.wrap(word, width: 60, size: 16).joined() == word)
        #expect(StrokeFont.wrap(word, width: 0, size: 16).count == 50)
        #expect(StrokeFont.wrap("", width: 10, size: 16) == [""])
        var canvas = Canvas(width: 10, height: 10)
        #expect(canvas.text("a\nb", at: [0, 0], wrappedTo: 50, TextStyle(size: 10)) == 26)
    }

    @Test func mapsOfColourAreInOrder() {
        let luma = (0...20).map { i in
            let color = ColorMap.sequential(Float(i) / 20)
            return 0.2126 * Float(color.red) + 0.7152 * Float(color.green) + 0.0722 * Float(color.blue)
        }
        #expect(zip(luma, luma.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ColorMap.sequential(.nan) == ColorMap.sequential(0) && ColorMap.heat(9) == ColorMap.heat(1))
        #expect(Set((0..<12).map(ColorMap.categorical)).count == 12)
        _ = ColorMap.categorical(.min)
        let image = Image(values: [0, .nan, 2, 4], width: 2, height: 2)
        #expect(image[1, 1] == ColorMap.sequential(1))
    }
}

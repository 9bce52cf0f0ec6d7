import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench
import Foundation

/// A click as JSON tells it: `[x, y]`, or an object with `x` and `y`, or `click`, or a `mask` or a `box` alone, and what goes with it.
///
/// Numbers may have decimals, as points of the picture's plane; the pixel that holds the point is clicked.
package struct ClickItem: Decodable, Sendable {
    /// What it is called.
    package var name: String?
    private var place: [Double]?
    private var mask: String?
    private var object: [Double]?
    private var box: [Float]?
    private var positive: [[Double]]?
    private var negative: [[Double]]?

    private enum CodingKeys: String, CodingKey { case name, x, y, click, mask, object, box, positive, negative }

    /// The file of the mask, as it was named, where one stands for the click.
    package var maskFile: String? { mask }

    /// Reads the keys of a click; an object may have others beside them.
    package init(from decoder: any Decoder) throws {
        if let pair = try? decoder.singleValueContainer().decode([Double].self) {
            guard pair.count == 2 else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "a click is [x, y]"))
            }
            place = pair
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        place = try values.decodeIfPresent([Double].self, forKey: .click)
        if let x = try values.decodeIfPresent(Double.self, forKey: .x), let y = try values.decodeIfPresent(Double.self, forKey: .y) {
            place = [x, y]
        }
        mask = try values.decodeIfPresent(String.self, forKey: .mask)
        object = try values.decodeIfPresent([Double].self, forKey: .object)
        box = try values.decodeIfPresent([Float].self, forKey: .box)
        positive = try values.decodeIfPresent([[Double]].self, forKey: .positive)
        negative = try values.decodeIfPresent([[Double]].self, forKey: .negative)
    }

    /// The click that is meant.
    ///
    /// - Parameters:
    ///   - folder: where the mask is, unless its path is a whole one.
    ///   - title: what the click is called in failures, such as "click 3".
    ///   - path: the file that tells it, for failures.
    /// - Throws: `Failure` where numbers make no place, and if a mask cannot be read or is empty.
    package func click(folder: String, called title: String, in path: String?) throws -> Click {
        let reader = Reader(title: title, path: path)
        let objectPixel = try object.map(reader.pixel)
        if let mask {
            let picture = try Mask(contentsOf: Folder.place(mask, in: folder))
            guard let click = Click(standingFor: picture, objectPixel: objectPixel) else {
                throw reader.failure("the mask of \(title) is empty")
            }
            return click
        }
        let box = try box.map(reader.rectangle)
        let middle = box.map { [Double($0.low.x + $0.high.x) / 2, Double($0.low.y + $0.high.y) / 2] }
        guard let place = place ?? middle else { throw reader.failure("\(title) has neither x and y nor a mask nor a box") }
        return Click(
            try reader.pixel(place), objectPixel: objectPixel, box: box, more: try (positive ?? []).map(reader.pixel),
            unwanted: try (negative ?? []).map(reader.pixel))
    }

    private struct Reader {
        var title: String
        var path: String?

        func failure(_ reason: String) -> Failure { Failure(.badInput, "reading the clicks", path: path, reason: reason) }

        func pixel(_ numbers: [Double]) throws -> Pixel {
            guard numbers.count == 2, let pixel = Pixel(containing: numbers[0], numbers[1]) else {
                throw failure("a pixel of \(title) is not [x, y]")
            }
            return pixel
        }

        func rectangle(_ numbers: [Float]) throws -> Prompt.Box {
            guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[2], numbers[1] < numbers[3] else {
                throw failure("the box of \(title) is not [x0, y0, x1, y1]")
            }
            return Prompt.Box(low: [numbers[0], numbers[1]], high: [numbers[2], numbers[3]])
        }
    }
}

extension Pixel {
    /// The pixel that holds a point of the picture's plane; nil where a number is not finite or too large for any picture.
    package init?(containing x: Double, _ y: Double) {
        guard x.isFinite, y.isFinite, abs(x) < 1e9, abs(y) < 1e9 else { return nil }
        self.init(x: Int(x.rounded(.down)), y: Int(y.rounded(.down)))
    }
}

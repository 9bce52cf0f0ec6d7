import BSBBackbones
import BSBBasics
import BSBCorrespondence
import Foundation
import BSBImages
import BSBWorkbench

/// Clicks to be answered one after the other, as a JSON file lists them.
///
/// The file is an array. Numbers may have decimals, as points of the picture's plane; the pixel that holds the point is clicked. A click is `[x, y]`, or an object with `x` and `y` or the path of a `mask` (relative to the file), and optionally
/// `name`, `object` [x, y], `box` [x0, y0, x1, y1], `positive` and `negative` (arrays of [x, y]).
package struct ClickList: Sendable {
    /// A click and what it is called.
    package struct Entry: Sendable {
        /// The name given, or the number of the click from 0.
        package var name: String
        /// The click.
        package var click: Click
    }

    /// The clicks in the order of the file.
    package var entries: [Entry]

    /// Reads the clicks in the file `path`.
    ///
    /// Throws `Failure` if it cannot be read or does not list clicks.
    package init(contentsOf path: String) throws {
        let data = try AtomicFile.readFile(path, operation: Self.operation)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            let items = try JSONDecoder().decode([Item].self, from: data)
            entries = try items.enumerated().map { index, item in
                Entry(name: item.name ?? "\(index)", click: try item.click(folder: folder, index: index, path: path))
            }
        } catch is DecodingError {
            throw Failure(
                .badInput, Self.operation, path: path, reason: "it is no list of clicks",
                hint: "write an array of [x, y] or {\"x\": …, \"y\": …}; see 'bsb match --help'")
        }
        guard !entries.isEmpty else { throw Failure(.badInput, Self.operation, path: path, reason: "it lists no click") }
        if let bad = entries.firstIndex(where: { $0.name.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } }) {
            throw Failure(
                .badInput, Self.operation, path: path, reason: "the name of click \(bad) (from 0) has a control character",
                hint: "names are those of folders")
        }
        let names = Set(entries.map(\.name))
        guard names.count == entries.count, names.allSatisfy({ !$0.isEmpty && !$0.contains("/") && $0 != "." && $0 != ".." }) else {
            throw Failure(.badInput, Self.operation, path: path, reason: "the names of clicks must differ and be names of folders")
        }
    }

    private static let operation = "reading the clicks"

    private struct Item: Decodable {
        var name: String?
        var x: Double?
        var y: Double?
        var mask: String?
        var object: [Double]?
        var box: [Float]?
        var positive: [[Double]]?
        var negative: [[Double]]?

        enum CodingKeys: String, CodingKey { case name, x, y, mask, object, box, positive, negative }

        init(from decoder: any Decoder) throws {
            if let pair = try? decoder.singleValueContainer().decode([Double].self) {
                guard pair.count == 2 else {
                    throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "a click is [x, y]"))
                }
                (x, y) = (pair[0], pair[1])
                return
            }
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decodeIfPresent(String.self, forKey: .name)
            x = try values.decodeIfPresent(Double.self, forKey: .x)
            y = try values.decodeIfPresent(Double.self, forKey: .y)
            mask = try values.decodeIfPresent(String.self, forKey: .mask)
            object = try values.decodeIfPresent([Double].self, forKey: .object)
            box = try values.decodeIfPresent([Float].self, forKey: .box)
            positive = try values.decodeIfPresent([[Double]].self, forKey: .positive)
            negative = try values.decodeIfPresent([[Double]].self, forKey: .negative)
        }

        func click(folder: String, index: Int, path: String) throws -> Click {
            let objectPixel = try object.map { try pixel($0, index, path) }
            if let mask {
                let picture = try Mask(contentsOf: mask.hasPrefix("/") ? mask : "\(folder)/\(mask)")
                guard let click = Click(standingFor: picture, objectPixel: objectPixel) else {
                    throw Failure(.badInput, ClickList.operation, path: path, reason: "the mask of click \(index) is empty")
                }
                return click
            }
            guard let x, let y else {
                throw Failure(.badInput, ClickList.operation, path: path, reason: "click \(index) has neither x and y nor a mask")
            }
            return Click(
                try pixel([x, y], index, path), objectPixel: objectPixel, box: try box.map { try rectangle($0, index, path) },
                more: try (positive ?? []).map { try pixel($0, index, path) },
                unwanted: try (negative ?? []).map { try pixel($0, index, path) })
        }

        private func pixel(_ numbers: [Double], _ index: Int, _ path: String) throws -> Pixel {
            guard numbers.count == 2, let pixel = Pixel(containing: numbers[0], numbers[1]) else {
                throw Failure(.badInput, ClickList.operation, path: path, reason: "a pixel of click \(index) is not [x, y]")
            }
            return pixel
        }

        private func rectangle(_ numbers: [Float], _ index: Int, _ path: String) throws -> Prompt.Box {
            guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[2], numbers[1] < numbers[3] else {
                throw Failure(.badInput, ClickList.operation, path: path, reason: "the box of click \(index) is not [x0, y0, x1, y1]")
            }
            return Prompt.Box(low: [numbers[0], numbers[1]], high: [numbers[2], numbers[3]])
        }
    }
}

extension Pixel {
    /// The pixel that holds a point of the picture's plane; nil where a number is not finite or too large for any picture.
    public init?(containing x: Double, _ y: Double) {
        guard x.isFinite, y.isFinite, abs(x) < 1e9, abs(y) < 1e9 else { return nil }
        self.init(x: Int(x.rounded(.down)), y: Int(y.rounded(.down)))
    }
}

import Backbones
import Basics
import Correspondence
import Foundation
import Images
import Workbench

/// Clicks to be answered one after the other, as a JSON file lists them.
///
/// The file is an array. A click is `[x, y]`, or an object with `x` and `y` or the path of a `mask` (relative to the file), and optionally
/// `name`, `object` [x, y], `box` [x0, y0, x1, y1], `positive` and `negative` (arrays of [x, y]).
public struct ClickList: Sendable {
    /// A click and what it is called.
    public struct Entry: Sendable {
        /// The name given, or the number of the click from 0.
        public var name: String
        /// The click.
        public var click: Click
    }

    /// The clicks in the order of the file.
    public var entries: [Entry]

    /// Reads the clicks in the file `path`.
    ///
    /// Throws `Failure` if it cannot be read or does not list clicks.
    public init(contentsOf path: String) throws {
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
        let names = Set(entries.map(\.name))
        guard names.count == entries.count, names.allSatisfy({ !$0.isEmpty && !$0.contains("/") && $0 != "." && $0 != ".." }) else {
            throw Failure(.badInput, Self.operation, path: path, reason: "the names of clicks must differ and be names of folders")
        }
    }

    private static let operation = "reading the clicks"

    private struct Item: Decodable {
        var name: String?
        var x: Int?
        var y: Int?
        var mask: String?
        var object: [Int]?
        var box: [Float]?
        var positive: [[Int]]?
        var negative: [[Int]]?

        enum CodingKeys: String, CodingKey { case name, x, y, mask, object, box, positive, negative }

        init(from decoder: any Decoder) throws {
            if let pair = try? decoder.singleValueContainer().decode([Int].self) {
                guard pair.count == 2 else {
                    throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "a click is [x, y]"))
                }
                (x, y) = (pair[0], pair[1])
                return
            }
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decodeIfPresent(String.self, forKey: .name)
            x = try values.decodeIfPresent(Int.self, forKey: .x)
            y = try values.decodeIfPresent(Int.self, forKey: .y)
            mask = try values.decodeIfPresent(String.self, forKey: .mask)
            object = try values.decodeIfPresent([Int].self, forKey: .object)
            box = try values.decodeIfPresent([Float].self, forKey: .box)
            positive = try values.decodeIfPresent([[Int]].self, forKey: .positive)
            negative = try values.decodeIfPresent([[Int]].self, forKey: .negative)
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
                Pixel(x: x, y: y), objectPixel: objectPixel, box: try box.map { try rectangle($0, index, path) },
                more: try (positive ?? []).map { try pixel($0, index, path) },
                unwanted: try (negative ?? []).map { try pixel($0, index, path) })
        }

        private func pixel(_ numbers: [Int], _ index: Int, _ path: String) throws -> Pixel {
            guard numbers.count == 2 else {
                throw Failure(.badInput, ClickList.operation, path: path, reason: "a pixel of click \(index) is not [x, y]")
            }
            return Pixel(x: numbers[0], y: numbers[1])
        }

        private func rectangle(_ numbers: [Float], _ index: Int, _ path: String) throws -> Prompt.Box {
            guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[2], numbers[1] < numbers[3] else {
                throw Failure(.badInput, ClickList.operation, path: path, reason: "the box of click \(index) is not [x0, y0, x1, y1]")
            }
            return Prompt.Box(low: [numbers[0], numbers[1]], high: [numbers[2], numbers[3]])
        }
    }
}

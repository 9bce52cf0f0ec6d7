import Foundation

/// The header of a `.npy` file (NumPy enhancement proposal 1): magic, version, and a Python dictionary in ASCII.
struct NumPyHeader: Equatable {
    var element: NumPyArray.Element
    var shape: [Int]

    struct Problem: Error {
        var reason: String
        var hint: String?
    }

    private static let magic = Data([0x93] + Array("NUMPY".utf8))
    private static let maximumLength = 1 << 20

    /// The bytes of all elements, or nothing where their number overflows.
    var byteCount: Int? {
        var total = element.size
        for length in shape {
            let (product, overflow) = total.multipliedReportingOverflow(by: length)
            if overflow { return nil }
            total = product
        }
        return total
    }

    /// The header with version 1.0, padded so that the elements start at a multiple of 64.
    func encoded() -> Data {
        let axes = shape.map { "\($0)," }.joined(separator: " ")
        let tuple = shape.count > 1 ? String(axes.dropLast()) : axes
        var text = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(tuple)), }"
        let unpadded = Self.magic.count + 4 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = UInt16(text.utf8.count)
        return Self.magic + Data([1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]) + Data(text.utf8)
    }

    /// The header at the start of `data` and where the elements start; throws a `Problem`.
    static func decode(_ data: Data) throws -> (NumPyHeader, Int) {
        let start = Array(data.prefix(12))
        guard start.count >= 10, Data(start.prefix(6)) == magic else { throw Problem(reason: "it is not a .npy file") }
        guard (1...3).contains(start[6]) else { throw Problem(reason: "its .npy version \(start[6]) is unknown") }
        let wide = start[6] > 1
        guard !wide || start.count == 12 else { throw Problem(reason: "its header is cut short") }
        let low = Int(start[8]) | Int(start[9]) << 8
        let length = wide ? low | Int(start[10]) << 16 | Int(start[11]) << 24 : low
        let preamble = wide ? 12 : 10
        guard length <= maximumLength, preamble + length <= data.count else { throw Problem(reason: "its header is cut short") }
        let text = String(decoding: data.dropFirst(preamble).prefix(length), as: UTF8.self)
        return (try parse(text), preamble + length)
    }

    private static func parse(_ text: String) throws -> NumPyHeader {
        guard let descriptor = value(of: "descr", in: text), let order = value(of: "fortran_order", in: text),
            let shape = value(of: "shape", in: text)
        else { throw Problem(reason: "its header lacks descr, fortran_order or shape") }
        let name = descriptor.filter { $0 != "'" && $0 != "\"" }
        guard let element = NumPyArray.Element(rawValue: name) ?? NumPyArray.Element(rawValue: "|" + name.dropFirst()) else {
            let known = NumPyArray.Element.allCases.map { "\($0)" }.joined(separator: ", ")
            throw Problem(reason: "its element type \(name) is not supported", hint: "convert it to one of \(known), little-endian")
        }
        guard order == "False" else {
            throw Problem(reason: "its elements are in column-major order", hint: "save numpy.ascontiguousarray(a)")
        }
        return NumPyHeader(element: element, shape: try axes(shape))
    }

    /// The text after `'key':` up to the comma, or the parentheses of a tuple.
    private static func value(of key: String, in text: String) -> String? {
        guard let range = text.range(of: "'\(key)'") ?? text.range(of: "\"\(key)\"") else { return nil }
        let rest = text[range.upperBound...].drop { $0 == " " || $0 == ":" }
        guard rest.first == "(" else { return String(rest.prefix { $0 != "," && $0 != "}" && $0 != " " }) }
        guard let end = rest.firstIndex(of: ")") else { return nil }
        return String(rest[rest.startIndex...end])
    }

    private static func axes(_ tuple: String) throws -> [Int] {
        guard tuple.hasPrefix("("), tuple.hasSuffix(")") else { throw Problem(reason: "its shape \(tuple) is not a tuple") }
        let fields = tuple.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        guard fields.count <= 32 else { throw Problem(reason: "its shape has more than 32 axes") }
        return try fields.map { field in
            guard let length = Int(field), length >= 0 else { throw Problem(reason: "its shape \(tuple) is not one of whole numbers") }
            return length
        }
    }
}

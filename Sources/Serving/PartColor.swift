/// A colour as `#rrggbb` (sRGB).
package struct PartColor: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Red, green, blue in 0...1.
    package let rgb: SIMD3<Float>

    /// A colour in 0...1.
    package init(_ rgb: SIMD3<Float>) { self.rgb = rgb }

    /// The six digits behind `#`.
    package var description: String {
        "#"
            + (0..<3).map { channel in
                let value = rgb[channel]
                let byte = value.isFinite ? Int((min(max(value, 0), 1) * 255).rounded()) : 0
                return (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
    }

    /// Reads the text.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let digits = text.dropFirst()
        guard text.utf8.count == 7, text.hasPrefix("#"), digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "a colour is #rrggbb"))
        }
        rgb = SIMD3(Float(code >> 16 & 255), Float(code >> 8 & 255), Float(code & 255)) / 255
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

import BSBBasics

/// A name for something that is open, which nobody can guess: 128 random bits as 32 hexadecimal digits.
package struct Identifier: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The digits.
    package let description: String

    /// A new name.
    package init() {
        var system = SystemRandomNumberGenerator()
        description = (0..<2).map { _ in
            let digits = String(system.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The name that a text is; nil if it cannot be one.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        description = String(text)
    }

    /// Reads the digits.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = Identifier(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "an id has 32 hexadecimal digits"))
        }
        self = name
    }

    /// Writes the digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

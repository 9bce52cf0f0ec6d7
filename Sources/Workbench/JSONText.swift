import BSBBasics
import Foundation

/// JSON as this program writes it: sorted keys, readable, without escaped slashes.
package enum JSONText {
    /// The JSON text of a value, in UTF-8.
    ///
    /// Throws `Failure(.internal)` for a value that has no JSON.
    package static func data(_ value: some Encodable, pretty: Bool = true) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(value)
        } catch {
            throw Failure(.internal, "writing JSON", reason: "\(error)")
        }
    }

    /// A value as one line.
    ///
    /// Throws `Failure(.internal)` for a value that has no JSON.
    package static func line(_ value: some Encodable) throws -> Data {
        try data(value, pretty: false) + Data("\n".utf8)
    }
}

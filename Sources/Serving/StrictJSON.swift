import BSBBasics
import Foundation

/// Reads JSON of clients: every name must be known, since a wrong one would silently change nothing.
package enum StrictJSON {
    /// The value that a JSON text says.
    ///
    /// Throws `Failure(.usage)` that says where the text is not as it should be.
    package static func decode<T: Codable>(_ type: T.Type, _ data: Data, operation: String = "reading the request") throws -> T {
        let value: T
        do {
            value = try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw Failure(.usage, operation, reason: sentence(error))
        }
        if let name = unknownName(in: data, beside: value) {
            throw Failure(.usage, operation, reason: "'\(name)' is not known", hint: "docs/openapi.json lists what may be said")
        }
        return value
    }

    /// The first name of the text that was not read, with the way to it.
    private static func unknownName(in data: Data, beside value: some Encodable) -> String? {
        guard let said = try? JSONSerialization.jsonObject(with: data),
            let encoded = try? JSONEncoder().encode(value), let read = try? JSONSerialization.jsonObject(with: encoded)
        else { return nil }
        return unknownName(said, read, way: "")
    }

    private static func unknownName(_ said: Any, _ read: Any, way: String) -> String? {
        if let said = said as? [String: Any], let read = read as? [String: Any] {
            for (name, value) in said.sorted(by: { $0.key < $1.key }) {
                let here = way.isEmpty ? name : "\(way).\(name)"
                if let known = read[name] {
                    if let inner = unknownName(value, known, way: here) { return inner }
                } else if !(value is NSNull) {
                    return here
                }
            }
        } else if let said = said as? [Any], let read = read as? [Any], !(said.first is NSNumber) {
            for (index, (value, known)) in zip(said, read).enumerated() {
                if let inner = unknownName(value, known, way: "\(way)[\(index)]") { return inner }
            }
        }
        return nil
    }

    private static func sentence(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let words = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return words.isEmpty ? "" : "'\(words.joined(separator: "."))'"
        }
        switch error {
        case .keyNotFound(let key, let context):
            let inside = place(context.codingPath)
            return "'\(key.stringValue)' is missing" + (inside.isEmpty ? "" : " in \(inside)")
        case .typeMismatch(let type, let context): return "\(place(context.codingPath)) is no \(type)"
        case .valueNotFound(_, let context): return "\(place(context.codingPath)) has no value"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty ? "it is no JSON" : "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: return "it is not as it should be"
        }
    }
}

/// Any JSON, kept for a client as it said it.
package enum JSONValue: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads whatever there is.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Writes it.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}

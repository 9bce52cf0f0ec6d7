import Foundation

/// Files of JSON that people and other programs write.
package enum JSONFile {
    /// Decodes a file.
    ///
    /// - Parameter wrong: what is said of a file that is no such thing, before what is wrong and where in the file: "it is no catalogue".
    /// - Throws: `Failure(.badInput)` for a file that is not what it should be; `Failure` if it cannot be read.
    package static func decode<T: Decodable>(
        _ type: T.Type, from path: String, operation: String, wrong: String? = nil, hint: String? = nil
    ) throws -> T {
        let data = try AtomicFile.readFile(path, operation: operation)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            let reason = [wrong, words(error)].compactMap { $0 }.joined(separator: ": ")
            throw Failure(.badInput, operation, path: path, reason: reason, hint: hint)
        }
    }

    private static func words(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "there is no '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context)) is not of the right kind"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty: "\(place(context)) has an unknown value"
        default: "it is no JSON of the right kind"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        "'\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
    }
}

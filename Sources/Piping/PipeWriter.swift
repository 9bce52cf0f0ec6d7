import BSBBasics
import BSBWorkbench
import Foundation

/// Writes messages to a descriptor, whole ones, whatever thread they come from.
package final class PipeWriter: Sendable {
    private let descriptor: Guarded<Int32>

    /// A writer to a descriptor, which stays open.
    package init(descriptor: Int32) { self.descriptor = Guarded(descriptor) }

    private struct Line<Body: Encodable>: Encodable {
        var body: Body
        var heads: [PipeArray.Head]

        private enum Key: CodingKey { case arrays }

        func encode(to encoder: any Encoder) throws {
            try body.encode(to: encoder)
            guard !heads.isEmpty else { return }
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(heads, forKey: .arrays)
        }
    }

    /// Writes a message; nothing happens where nobody reads any more.
    ///
    /// Throws `Failure(.internal)` for a body that has no JSON.
    package func write(_ body: some Encodable, arrays: [(name: String, array: PipeArray)] = []) throws {
        var data = try JSONText.data(Line(body: body, heads: arrays.map { $0.array.head(name: $0.name) }), pretty: false)
        data.append(UInt8(ascii: "\n"))
        for (_, array) in arrays { data.append(array.bytes) }
        descriptor.withLock { descriptor in
            data.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR && errno != EAGAIN { return }
                }
            }
        }
    }
}

import BSBBasics
import BSBCPostgres
import Foundation

/// libpq, PostgreSQL's client, if the system has it; opened when the first such database is.
private let postgresLibrary: bsb_pq? = {
    var functions = bsb_pq()
    for name in ["libpq.so.5", "libpq.5.dylib", "libpq.dylib"] where bsb_pq_open(name, &functions) != 0 { return functions }
    return nil
}()

/// A connection to a PostgreSQL server, for one thread at a time.
final class PostgresConnection {
    /// A value that a statement is given.
    enum Value {
        /// Text, or what the statement makes of it.
        case text(String)
        /// Bytes as they are; nil is NULL.
        case bytes(Data?)
    }

    /// The values of libpq that are looked at.
    private enum Code {
        static let connected: Int32 = 0
        static let commandDone: Int32 = 1
        static let rowsCame: Int32 = 2
        static let state: Int32 = 67
        static let binary: Int32 = 1
    }

    private let functions: bsb_pq
    private let connection: OpaquePointer

    /// Connects to what a URL names.
    ///
    /// Throws `Failure(.missingModel)` where libpq is not there and `Failure(.missingInput)` where no such database answers.
    init(_ url: String) throws {
        let operation = "opening the database"
        guard var functions = postgresLibrary else {
            throw Failure(
                .missingModel, operation, reason: "the library that speaks with PostgreSQL is not there",
                hint: "install libpq (Debian: libpq5)")
        }
        guard let connection = bsb_pq_connect(&functions, url) else {
            throw Failure(.internal, operation, reason: "memory ran out")
        }
        guard functions.status(connection) == Code.connected else {
            let reason = Self.words(functions.errorMessage(connection))
            functions.finish(connection)
            throw Failure(
                .missingInput, operation, reason: reason, hint: "give postgres://USER@HOST:PORT/NAME; a password may be in PGPASSWORD")
        }
        (self.functions, self.connection) = (functions, connection)
    }

    deinit { functions.finish(connection) }

    /// What a statement gives: rows of columns as the server sends them in binary, nil for NULL.
    ///
    /// Throws `Failure` with the server's words.
    @discardableResult
    func run(_ statement: String, _ values: [Value] = [], _ operation: String) throws -> [[Data?]] {
        var (bytes, formats, isNull): ([Data], [Int32], [Bool]) = ([], [], [])
        for value in values {
            switch value {
            case .text(let text):
                // libpq reads text up to its end, a zero.
                bytes.append(Data(text.utf8) + [0])
                formats.append(0)
                isNull.append(false)
            case .bytes(let data):
                bytes.append(data ?? Data())
                formats.append(Code.binary)
                isNull.append(data == nil)
            }
        }
        let lengths = bytes.map { Int32($0.count) }
        let joined = bytes.reduce(into: Data()) { $0 += $1 } + [0]
        let result = joined.withUnsafeBytes { buffer -> OpaquePointer? in
            var place = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            let pointers = bytes.indices.map { index -> UnsafePointer<CChar>? in
                defer { place += bytes[index].count }
                return isNull[index] ? nil : place
            }
            return functions.execParams(connection, statement, Int32(values.count), nil, pointers, lengths, formats, Code.binary)
        }
        guard let result else {
            throw Failure(.internal, operation, reason: Self.words(functions.errorMessage(connection)))
        }
        defer { functions.clear(result) }
        let status = functions.resultStatus(result)
        guard status == Code.commandDone || status == Code.rowsCame else { throw failure(result, operation) }
        return (0..<functions.ntuples(result)).map { row in
            (0..<functions.nfields(result)).map { column in
                guard functions.getisnull(result, row, column) == 0, let start = functions.getvalue(result, row, column) else { return nil }
                return Data(bytes: start, count: Int(functions.getlength(result, row, column)))
            }
        }
    }

    /// Runs `body` so that all of it is done, or nothing.
    ///
    /// Throws what `body` throws, and `Failure`.
    func transaction(_ operation: String, _ body: () throws -> Void) throws {
        try run("BEGIN", [], operation)
        do {
            try body()
        } catch {
            _ = try? run("ROLLBACK", [], operation)
            throw error
        }
        try run("COMMIT", [], operation)
    }

    private static func words(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    }

    private func failure(_ result: OpaquePointer, _ operation: String) -> Failure {
        let reason = Self.words(functions.resultErrorMessage(result))
        let state = Self.words(functions.resultErrorField(result, Code.state))
        // What the server was not allowed or did not know: no such right (42501), no such table (42P01), too much of something (53).
        let kind: Failure.Kind = state.hasPrefix("42") || state.hasPrefix("53") ? .badInput : .internal
        return Failure(kind, operation, reason: reason)
    }
}

import BSBBasics
import BSBWorkbench
import Foundation
import GRDB

/// The catalogue of a library in an SQLite file.
package struct SQLiteCatalogue: LibraryCatalogue {
    private let queue: DatabaseQueue
    private let path: String

    /// Opens the database at `path`, which is made if it is not there.
    ///
    /// Several processes may use one; each change waits for at most 30 s for those of others. Throws `Failure`.
    package init(_ path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            var migrator = DatabaseMigrator()
            migrator.registerMigration("1") { database in
                try database.create(table: "setting") { table in
                    table.primaryKey("name", .text)
                    table.column("value", .blob).notNull()
                }
                try database.create(table: "mesh") { table in
                    table.primaryKey("path", .text)
                    table.column("document", .blob).notNull()
                    table.column("descriptor", .blob)
                }
            }
            try migrator.migrate(queue)
        } catch {
            throw Self.failure("opening the library", path, error)
        }
    }

    package func recipe() throws -> Data? {
        try read { try Data.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'recipe'") }
    }

    package func setRecipe(_ recipe: Data) throws {
        try write { try $0.execute(sql: "INSERT INTO setting VALUES ('recipe', ?)", arguments: [recipe]) }
    }

    package func entries() throws -> [LibraryEntry] {
        let documents = try read { try Data.fetchAll($0, sql: "SELECT document FROM mesh ORDER BY path") }
        let decoder = JSONDecoder()
        do {
            return try documents.map { try decoder.decode(LibraryEntry.self, from: $0) }
        } catch {
            throw Failure(.badInput, "reading the library", path: path, reason: "it is of another version or damaged")
        }
    }

    package func put(_ entry: LibraryEntry, descriptor: Data?) throws {
        let document = try JSONText.data(entry, pretty: false)
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO mesh VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE SET document = excluded.document,
                    descriptor = coalesce(excluded.descriptor, descriptor)
                    """, arguments: [entry.path, document, descriptor])
        }
    }

    package func descriptors() throws -> [String: Data] {
        try read { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT path, descriptor FROM mesh WHERE descriptor IS NOT NULL")
            var found: [String: Data] = [:]
            while let row = try rows.next() { found[row[0]] = row[1] }
            return found
        }
    }

    package func remove(_ paths: [String]) throws {
        try write { database in
            for path in paths { try database.execute(sql: "DELETE FROM mesh WHERE path = ?", arguments: [path]) }
        }
    }

    private func read<T>(_ body: (Database) throws -> T) throws -> T {
        do { return try queue.read(body) } catch { throw Self.failure("reading the library", path, error) }
    }

    private func write(_ body: (Database) throws -> Void) throws {
        do { try queue.write(body) } catch { throw Self.failure("writing the library", path, error) }
    }

    private static func failure(_ operation: String, _ path: String, _ error: any Error) -> Failure {
        let code = (error as? DatabaseError)?.resultCode
        let isWrong = code == .SQLITE_NOTADB || code == .SQLITE_CORRUPT
        return Failure(
            isWrong ? .badInput : .internal, operation, path: path,
            reason: (error as? DatabaseError)?.message ?? "\(error)",
            hint: isWrong ? "this is no library, or it is damaged; make it anew with 'bsb library add'" : nil)
    }
}

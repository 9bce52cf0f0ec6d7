import BSBBasics
import BSBLinearAlgebra
import BSBWorkbench
import Foundation

/// The catalogue of a library in a PostgreSQL database, which holds that of one library.
///
/// Where the server has the extension `vector` (pgvector), the regions of all meshes are in a table of vectors with an index of the HNSW kind, by which
/// the first stage of a search finds the meshes to compare: approximately, and without reading what is known of the others. Where it has not,
/// descriptors are read and compared as those of SQLite are.
package final class PostgresCatalogue: LibraryCatalogue {
    private let connection: Guarded<PostgresConnection>
    private let hasVectors: Bool
    /// The regions that are looked for by the index for each query.
    private let mostNear: Int
    /// What tells whether there is a table of regions.
    private static let findRegions = "SELECT 1 FROM pg_class WHERE oid = to_regclass('bsb_region')"
    /// What lets one process at a time make tables, until its transaction ends.
    private static let lock = "SELECT pg_advisory_xact_lock(4711042)"

    /// Opens the database that a URL names (`postgres://USER@HOST:PORT/NAME`), and makes its tables if they are not there.
    ///
    /// - Parameter mostNear: the regions that are looked for by the index for each query; pgvector's indexes find 1,000 at most.
    /// - Throws: `Failure`.
    package init(_ url: String, mostNear: Int = 1000) throws {
        self.mostNear = mostNear
        let operation = "opening the database"
        let opened = try PostgresConnection(url)
        // Several processes may open a new database at once: the first makes the tables, under a lock that ends with the transaction.
        try opened.transaction(operation) {
            try opened.run(Self.lock, [], operation)
            try opened.run("CREATE TABLE IF NOT EXISTS bsb_setting (name text PRIMARY KEY, value bytea NOT NULL)", [], operation)
            try opened.run(
                """
                CREATE TABLE IF NOT EXISTS bsb_mesh (path text COLLATE "C" PRIMARY KEY, document bytea NOT NULL, state text NOT NULL,
                descriptor bytea)
                """, [], operation)
        }
        var hasVectors = try Self.text(opened.run("SELECT 1 FROM pg_extension WHERE extname = 'vector'", [], operation)) != nil
        if !hasVectors, try Self.text(opened.run("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'", [], operation)) != nil {
            // It is there but not in use, which only some users may change.
            hasVectors = (try? opened.run("CREATE EXTENSION IF NOT EXISTS vector", [], operation)) != nil
        }
        self.hasVectors = hasVectors
        connection = Guarded(opened)
    }

    private static func text(_ rows: [[Data?]]) -> String? { rows.first?.first.flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) } }

    package func recipe() throws -> Data? {
        try read("SELECT value FROM bsb_setting WHERE name = 'recipe'").first?.first ?? nil
    }

    package func setRecipe(_ recipe: Data) throws {
        try write { try $0.run("INSERT INTO bsb_setting VALUES ('recipe', $1)", [.bytes(recipe)], Self.writing) }
    }

    package func entries() throws -> [LibraryEntry] { try entries(read("SELECT document FROM bsb_mesh ORDER BY path")) }

    private func entries(_ rows: [[Data?]]) throws -> [LibraryEntry] {
        let decoder = JSONDecoder()
        do {
            return try rows.compactMap { try $0[0].map { try decoder.decode(LibraryEntry.self, from: $0) } }
        } catch {
            throw Failure(.badInput, "reading the library", reason: "the database is of another version or damaged")
        }
    }

    package func put(_ entry: LibraryEntry, descriptor: Data?) throws {
        let document = try JSONText.data(entry, pretty: false)
        if hasVectors, let descriptor { try makeRegions(MeshDescriptor.dimension(of: descriptor)) }
        try write { connection in
            try connection.run(
                """
                INSERT INTO bsb_mesh VALUES ($1, $2, $3, $4) ON CONFLICT (path) DO UPDATE SET document = excluded.document,
                state = excluded.state, descriptor = coalesce(excluded.descriptor, bsb_mesh.descriptor)
                """, [.text(entry.path), .bytes(document), .text(entry.state.rawValue), .bytes(descriptor)], Self.writing)
            if hasVectors, let descriptor { try putRegions(entry.path, descriptor, connection) }
        }
    }

    /// Makes the table of regions, now that their length is known, if it is not there.
    ///
    /// In a transaction of its own: whoever wrote to the table of meshes before would hold up another that makes this one, and be held up by it.
    private func makeRegions(_ dimension: Int) throws {
        guard try Self.text(read(Self.findRegions)) == nil else { return }
        try write { connection in
            try connection.run(Self.lock, [], Self.writing)
            try connection.run(
                """
                CREATE TABLE IF NOT EXISTS bsb_region (path text COLLATE "C" NOT NULL REFERENCES bsb_mesh ON DELETE CASCADE,
                vector vector(\(dimension)) NOT NULL)
                """, [], Self.writing)
            try connection.run("CREATE INDEX IF NOT EXISTS bsb_region_path ON bsb_region (path)", [], Self.writing)
            try connection.run(
                "CREATE INDEX IF NOT EXISTS bsb_region_vector ON bsb_region USING hnsw (vector vector_ip_ops)", [], Self.writing)
        }
    }

    /// Writes the regions of a mesh.
    private func putRegions(_ path: String, _ descriptor: Data, _ connection: PostgresConnection) throws {
        let dimension = MeshDescriptor.dimension(of: descriptor)
        guard let values = MeshDescriptor.values(descriptor, dimension: dimension) else { return }
        try connection.run("DELETE FROM bsb_region WHERE path = $1", [.text(path)], Self.writing)
        let rows = (1...MeshDescriptor.regions).map { Self.vector(values[($0 * dimension)..<(($0 + 1) * dimension)]) }
        try connection.run(
            "INSERT INTO bsb_region SELECT $1, unnest($2::text[])::vector", [.text(path), .text(Self.array(rows))], Self.writing)
    }

    /// A vector as pgvector reads it.
    private static func vector(_ values: some Sequence<Float>) -> String { "[" + values.map { "\($0)" }.joined(separator: ",") + "]" }

    /// An array of texts as PostgreSQL reads it.
    private static func array(_ texts: some Sequence<String>) -> String {
        "{" + texts.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",") + "}"
    }

    package func descriptors() throws -> [String: Data] {
        try Self.descriptors(read("SELECT path, descriptor FROM bsb_mesh WHERE descriptor IS NOT NULL"))
    }

    private static func descriptors(_ rows: [[Data?]]) -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: rows.compactMap { row in
                row[0].flatMap { path in row[1].map { (String(decoding: path, as: UTF8.self), $0) } }
            })
    }

    package func neighbours(of queries: [[Float]]) throws -> CatalogueNeighbours? {
        guard hasVectors, try Self.text(read(Self.findRegions)) != nil else { return nil }
        return try connection.withLock { connection in
            var paths: Set<String> = []
            try connection.transaction(Self.reading) {
                try connection.run("SET LOCAL hnsw.ef_search = \(mostNear)", [], Self.reading)
                for query in queries {
                    let rows = try connection.run(
                        "SELECT DISTINCT path FROM (SELECT path FROM bsb_region ORDER BY vector <#> $1::vector LIMIT \(mostNear)) near",
                        [.text(Self.vector(query))], Self.reading)
                    paths.formUnion(rows.compactMap { $0[0].map { String(decoding: $0, as: UTF8.self) } })
                }
            }
            let chosen = [PostgresConnection.Value.text(Self.array(paths.sorted()))]
            let entries = try self.entries(
                connection.run("SELECT document FROM bsb_mesh WHERE path = ANY($1::text[]) ORDER BY path", chosen, Self.reading))
            let descriptors = try Self.descriptors(
                connection.run("SELECT path, descriptor FROM bsb_mesh WHERE path = ANY($1::text[])", chosen, Self.reading))
            let count = try Self.text(
                connection.run("SELECT count(*)::text FROM bsb_mesh WHERE state = 'ready' AND descriptor IS NOT NULL", [], Self.reading))
            return CatalogueNeighbours(entries: entries, descriptors: descriptors, searchable: count.flatMap { Int($0) } ?? 0)
        }
    }

    package func remove(_ paths: [String]) throws {
        try write { try $0.run("DELETE FROM bsb_mesh WHERE path = ANY($1::text[])", [.text(Self.array(paths))], Self.writing) }
    }

    private static let (reading, writing) = ("reading the library", "writing the library")

    private func read(_ statement: String) throws -> [[Data?]] {
        try connection.withLock { try $0.run(statement, [], Self.reading) }
    }

    private func write(_ body: @Sendable (PostgresConnection) throws -> Void) throws {
        try connection.withLock { connection in try connection.transaction(Self.writing) { try body(connection) } }
    }
}

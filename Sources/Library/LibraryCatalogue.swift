import Foundation

/// Where a library keeps what it knows of its meshes, but for their features: one database for all of them.
///
/// It is small, so that another database can take the place of the embedded one.
package protocol LibraryCatalogue: Sendable {
    /// What all features of the library are made by; nil for a new one.
    func recipe() throws -> Data?

    /// Says what all features are made by, once.
    func setRecipe(_ recipe: Data) throws

    /// All meshes, in the order of their paths.
    func entries() throws -> [LibraryEntry]

    /// Notes a mesh, in place of what was known of its path.
    ///
    /// - Parameter descriptor: what the first stage of a search compares; nil keeps that which is there.
    func put(_ entry: LibraryEntry, descriptor: Data?) throws

    /// The descriptors of meshes by their paths.
    func descriptors() throws -> [String: Data]

    /// The meshes some of whose regions are like one of the queries (unit vectors), with their descriptors; nil where the database has no index for that, so
    /// that all descriptors are to be compared.
    ///
    /// It is approximate: a mesh may be missing that is more like a query than one that is there.
    func neighbours(of queries: [[Float]]) throws -> CatalogueNeighbours?

    /// Forgets meshes.
    func remove(_ paths: [String]) throws
}

/// Meshes that an index of vectors found, out of all.
package struct CatalogueNeighbours: Sendable {
    /// The meshes, in the order of their paths.
    package var entries: [LibraryEntry]
    /// Their descriptors, by path.
    package var descriptors: [String: Data]
    /// All meshes of the library that can be searched.
    package var searchable: Int
}

extension LibraryCatalogue {
    package func neighbours(of queries: [[Float]]) throws -> CatalogueNeighbours? { nil }
}

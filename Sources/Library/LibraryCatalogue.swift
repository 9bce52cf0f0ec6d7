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

    /// Forgets meshes.
    func remove(_ paths: [String]) throws
}

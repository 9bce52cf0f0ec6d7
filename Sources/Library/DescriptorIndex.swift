import BSBBasics
import BSBCorrespondence
import BSBLinearAlgebra
import Foundation

/// The descriptors of all meshes of a library in memory: the first stage of a search, an exact scan by matrix products.
package struct DescriptorIndex: Sendable {
    /// The meshes, in order.
    package let entries: [LibraryEntry]
    /// (#meshes x regions) x d.
    private let regions: Matrix
    /// #meshes x d.
    private let wholes: Matrix
    /// Meshes that are compared in one product.
    private static let block = 1024
    /// The share of candidates that qualify is not known before the second stage; it is taken to be the same for all.
    private static let usualShare = 0.5

    /// The index of the meshes of a library that can be searched.
    ///
    /// Throws `Failure` if the library cannot be read. Complexity: O(#meshes x regions x d).
    package init(_ library: MeshLibrary) throws {
        try self.init(library.catalogue.entries(), library.catalogue.descriptors())
    }

    /// The index of those of `entries` that can be searched.
    ///
    /// Complexity: O(#meshes x regions x d).
    init(_ all: [LibraryEntry], _ descriptors: [String: Data]) {
        let dimension = descriptors.values.first.map(MeshDescriptor.dimension) ?? 0
        var (entries, regions, wholes): ([LibraryEntry], [Float], [Float]) = ([], [], [])
        for entry in all where entry.state == .ready {
            guard let data = descriptors[entry.path], let values = MeshDescriptor.values(data, dimension: dimension) else { continue }
            entries.append(entry)
            wholes += values[..<dimension]
            regions += values[dimension...]
        }
        self.init(entries, dimension: dimension, wholes: wholes, regions: regions)
    }

    /// An index of given vectors.
    init(_ entries: [LibraryEntry], dimension: Int, wholes: [Float], regions: [Float]) {
        self.entries = entries
        self.wholes = Matrix(rows: entries.count, columns: dimension, values: wholes)
        self.regions = Matrix(rows: entries.count * MeshDescriptor.regions, columns: dimension, values: regions)
    }

    /// What the descriptors say of each mesh having what was clicked; a mesh's regions stand for its vertices.
    ///
    /// Complexity: O(65 x #meshes x regions x d).
    package func evidence(for probe: ClickProbe, parallelism: Parallelism) -> [ExistenceEvidence] {
        let size = MeshDescriptor.regions
        let query = Matrix(rows: 1, columns: probe.query.count, values: probe.query).withNormalizedRows()
        let queries = Matrix(rows: 1 + probe.object.rows, columns: query.columns, values: query.values + probe.object.values)
        let blocks = (entries.count + Self.block - 1) / Self.block
        return parallelism.map(blocks) { block -> [ExistenceEvidence] in
            let meshes = (block * Self.block)..<min(entries.count, (block + 1) * Self.block)
            let rows = (meshes.lowerBound * size)..<(meshes.upperBound * size)
            let cosines = Matrix.product(queries.factor, regions.factor(rows: rows).transposed)
            return meshes.indices.map { mesh in
                let start = (mesh - meshes.lowerBound) * size
                let best = (0..<queries.rows).map { query in cosines.row(query).dropFirst(start).prefix(size).max() ?? -1 }
                let object = best.dropFirst().sorted()
                return ExistenceEvidence(
                    bestIoU: 0, qualifyingShare: Self.usualShare, similarity: Double(best[0]),
                    objectSimilarity: Double(object.isEmpty ? -1 : object[object.count / 2]))
            }
        }.flatMap { $0 }
    }

    /// For each mesh the cosine of its whole with a vector: what a search by whole objects would go by.
    package func wholeSimilarities(to vector: [Float]) -> [Float] {
        let query = Matrix(rows: 1, columns: vector.count, values: vector).withNormalizedRows()
        return Matrix.product(wholes.factor, query.transposed).values
    }
}

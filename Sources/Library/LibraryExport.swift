import BSBBasics
import BSBWorkbench
import Foundation

/// Writes what a library knows for other programs, such as indexes of vectors and databases.
package struct LibraryExport: Sendable {
    /// What was written.
    package struct Summary: Codable, Sendable {
        /// Meshes, searchable or not.
        package var meshes: Int
        /// Rows of `descriptors.npy`: one for each mesh that can be searched.
        package var descriptors: Int
        /// The length of a vector.
        package var dimension: Int
        /// The files written.
        package var outputs: [String]
    }

    private let library: MeshLibrary

    /// An export of a library.
    package init(of library: MeshLibrary) { self.library = library }

    /// Writes `meshes.jsonl`, a line for each mesh, and `descriptors.npy`, halves of #searchable x (1 + regions) x d: for each line whose `state` is
    /// `ready`, in order, the direction of the whole and those of the regions.
    ///
    /// Throws `Failure` if the library cannot be read or the files cannot be written.
    package func write(to folder: String) throws -> Summary {
        let entries = try library.catalogue.entries()
        let descriptors = try library.catalogue.descriptors()
        let ready = entries.filter { $0.state == .ready }
        let parts = 1 + MeshDescriptor.regions
        let dimension = ready.first.flatMap { descriptors[$0.path] }.map(MeshDescriptor.dimension) ?? 0
        let lines = try entries.reduce(into: Data()) { $0 += try JSONText.line($1) }
        let bytes = try ready.reduce(into: Data()) { bytes, entry in
            guard let descriptor = descriptors[entry.path], descriptor.count == MeshDescriptor.byteCount(dimension) else {
                throw Failure(
                    .badInput, "exporting the library", path: entry.path, reason: "its descriptor is damaged",
                    hint: "add it with --again")
            }
            bytes += descriptor
        }
        let operation = "writing the export"
        try NumPyArray(element: .float16, shape: [ready.count, parts, dimension], bytes: bytes)
            .write(to: "\(folder)/descriptors.npy", operation: operation)
        try AtomicFile.write(lines, to: "\(folder)/meshes.jsonl", operation: operation)
        return Summary(
            meshes: entries.count, descriptors: ready.count, dimension: dimension, outputs: ["descriptors.npy", "meshes.jsonl"])
    }
}

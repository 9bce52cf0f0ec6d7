import BSBWorkbench
import Foundation

/// Answers rows as they come, one line out for each line in: a filter for any engine's pipe.
///
/// The photos and meshes used last stay open.
package struct BatchStream {
    private let answering: BatchAnswering
    private let limit: Int
    private var meshes: [(path: String, mesh: OpenMesh)] = []
    private var line = 0
    private var ids: Set<String> = []

    /// A filter that keeps so many meshes open.
    package init(_ answering: BatchAnswering, openMeshes limit: Int = 4) {
        self.answering = answering
        self.limit = limit
    }

    /// The line about the next line that came; nil for an empty one.
    package mutating func answer(_ text: String) -> BatchLine? {
        line += 1
        guard !text.allSatisfy(\.isWhitespace) else { return nil }
        do {
            let row = try BatchRow(text, line: line)
            guard ids.insert(row.id).inserted else {
                return BatchLine(UnusableLine(line: line, id: nil, reason: "its id '\(row.id)' was there before"))
            }
            do {
                return try answering.answer(row) { bench in try open(answering.resolved(row.mesh), bench) }
            } catch {
                return BatchLine(row, error)
            }
        } catch {
            return BatchLine(error)
        }
    }

    private mutating func open(_ path: String, _ bench: Workbench) throws -> OpenMesh {
        if let known = meshes.firstIndex(where: { $0.path == path }) {
            meshes.append(meshes.remove(at: known))
        } else {
            meshes.append((path, try OpenMesh(contentsOf: path, at: bench)))
            if meshes.count > limit { meshes.removeFirst() }
        }
        return meshes[meshes.count - 1].mesh
    }
}

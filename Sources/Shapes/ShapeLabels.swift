import BSBBasics
import Foundation

/// Which part each face of a mesh file belongs to.
package struct ShapeLabels: Hashable, Sendable, Codable {
    /// The names of the parts, in the order of the label file.
    package var names: [String]
    /// #fileFaces: an index into `names`; -1 for a face without a label.
    package var perFace: [Int]

    /// Labels as given.
    package init(names: [String], perFace: [Int]) {
        self.names = names
        self.perFace = perFace
    }

    /// Reads the labels of the Princeton segmentation data.
    ///
    /// A line with a part's name is followed by a line with its faces, counted from 1; and so on. A name that comes again adds to its
    /// part; a face that comes again keeps its first part.
    /// - Throws: `Failure` with the line, if a face is not one of the `fileFaceCount` of the mesh, or there are no labels.
    package init(contentsOf path: String, fileFaceCount: Int) throws {
        let data = try Mesh.contents(of: path)
        do {
            self = try TextScanner.scan(data) { scanner in try Self.read(scanner, fileFaceCount: fileFaceCount) }
        } catch var failure as Failure {
            failure.operation = "reading the labels"
            failure.path = path
            throw failure
        }
    }

    private static func read(_ scanner: TextScanner, fileFaceCount: Int) throws -> ShapeLabels {
        var scanner = scanner
        var labels = ShapeLabels(names: [], perFace: Array(repeating: -1, count: fileFaceCount))
        var numbers: [String: Int] = [:]
        while !scanner.isAtEnd {
            let name = scanner.restOfLine()
            scanner.nextLine()
            guard !name.isEmpty else { continue }
            let part = numbers[name] ?? labels.names.count
            if part == labels.names.count {
                labels.names.append(name)
                numbers[name] = part
            }
            while let token = scanner.token() {
                guard let face = scanner.integer(token), (1...max(1, fileFaceCount)).contains(face), fileFaceCount > 0 else {
                    let text = scanner.text(token).prefix(40)
                    throw Failure.mesh("'\(text)' is not one of the \(fileFaceCount) faces", line: scanner.line)
                }
                if labels.perFace[face - 1] < 0 { labels.perFace[face - 1] = part }
            }
            scanner.nextLine()
        }
        guard !labels.names.isEmpty else { throw Failure.mesh("there are no labels") }
        return labels
    }

    /// #V: the part that has most of each vertex's triangles by area, the lowest of ties; -1 where no labelled triangle is.
    ///
    /// - Throws: `Failure` if the mesh has another number of file faces.
    package func perVertex(of mesh: Mesh) throws -> [Int] {
        guard perFace.count == mesh.fileFaceCount else {
            throw Failure(
                .badInput, "labelling vertices", reason: "there are \(perFace.count) labels for \(mesh.fileFaceCount) faces")
        }
        var shares = [Double](repeating: 0, count: mesh.vertices.count * names.count)
        for (face, area) in mesh.faceAreas().enumerated() {
            let part = perFace[Int(mesh.fileFace[face])]
            guard names.indices.contains(part) else { continue }
            // A triangle without area still says what its corners are, if nothing else does.
            for corner in 0..<3 { shares[Int(mesh.faces[face][corner]) * names.count + part] += max(area, .leastNormalMagnitude) }
        }
        return mesh.vertices.indices.map { vertex in
            let row = shares[(vertex * names.count)..<((vertex + 1) * names.count)]
            guard let best = row.max(), best > 0 else { return -1 }
            return row.firstIndex(of: best)! - row.startIndex
        }
    }

    /// The labels as JSON: `names` and `perFace`.
    package func jsonData() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

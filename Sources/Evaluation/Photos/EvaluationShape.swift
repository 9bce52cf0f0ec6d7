import BSBInteractiveSegmentation
import BSBShapes
import BSBWorkbench

/// A labelled shape with what sampling and judging need to know of it.
struct EvaluationShape: Sendable {
    let entry: ShapeEntry
    let opened: OpenMesh
    let pose: ShapePose
    /// The names of the parts that the shape has.
    let partNames: [String]
    /// #V: index into `partNames`, -1 for vertices without a label or without a face.
    let partOfVertex: [Int]
    /// #F: index into `partNames`, -1 for faces without a label.
    let partOfFace: [Int]
    /// #V: area around each vertex of the mesh in the unit ball.
    let areas: [Double]
    /// #V: number of the piece of one part that a vertex is in; -1 where there is no part.
    let pieces: [Int]

    init(_ shape: LabelledShape, settings: Settings) throws {
        entry = shape.entry
        pose = shape.pose
        opened = try shape.opened(settings)
        partNames = shape.labels.names
        partOfVertex = try shape.labels.perVertex(of: shape.mesh)
        partOfFace = shape.mesh.fileFace.map { shape.labels.perFace[Int($0)] }
        areas = opened.scene.mesh.vertexAreas()
        pieces = Self.pieces(of: shape.mesh, parts: partOfVertex, count: partNames.count)
    }

    /// The shape, with all threads made ready for clicks to be answered on it: with its features, and, if parts will be asked for, views.
    func prepared(segments: Bool, at bench: Workbench) throws -> EvaluationShape {
        _ = try opened.features(at: bench)
        if segments { try EmbeddedViews(of: opened, at: bench).prepareAll() }
        return self
    }

    /// The part of a vertex.
    package func part(of vertex: Int) -> String? { partOfVertex[vertex] < 0 ? nil : partNames[partOfVertex[vertex]] }

    /// The part of a face.
    func part(ofFace face: Int) -> String? { partOfFace[face] < 0 ? nil : partNames[partOfFace[face]] }

    /// #V: whether each vertex is in the part of a name.
    func vertices(of part: String) -> [Bool] {
        guard let index = partNames.firstIndex(of: part) else { return partOfVertex.map { _ in false } }
        return partOfVertex.map { $0 == index }
    }

    /// The part with the largest area among chosen vertices; nil if none of them has a part.
    func largestPart(among isChosen: [Bool]? = nil) -> String? {
        var areas = [Double](repeating: 0, count: partNames.count)
        for (vertex, part) in partOfVertex.enumerated() where part >= 0 && isChosen?[vertex] != false { areas[part] += self.areas[vertex] }
        return part(ofMost: areas)
    }

    /// The part that has the most of something, of which so much is said for each; nil if none has any.
    func part(ofMost amounts: [Double]) -> String? {
        amounts.indices.max { amounts[$0] < amounts[$1] }.flatMap { amounts[$0] > 0 ? partNames[$0] : nil }
    }

    /// The share of the labelled surface whose name, of one for each vertex, is right; nil where none of those that count is labelled.
    func rightShare(of names: [String?], where counts: (Int) -> Bool = { _ in true }) -> Double? {
        var (right, all) = (0.0, 0.0)
        for (vertex, name) in names.enumerated() where counts(vertex) {
            guard let truth = part(of: vertex) else { continue }
            all += areas[vertex]
            if name == truth { right += areas[vertex] }
        }
        return all > 0 ? SampleJudge.rounded(right / all) : nil
    }

    /// The share of the vertices that can be an answer which are in a part.
    func vertexShare(of part: String) -> Double {
        let candidates = opened.referenced.count { $0 }
        let inside = zip(vertices(of: part), opened.referenced).count { $0 && $1 }
        return candidates == 0 ? 0 : Double(inside) / Double(candidates)
    }

    /// Numbers the sets of vertices of one part that hang together as ``HangingPieces`` says, so that a seat of many shells is one seat.
    private static func pieces(of mesh: Mesh, parts: [Int], count: Int) -> [Int] {
        let adjacency = Adjacency(mesh)
        var pieces = [Int](repeating: -1, count: parts.count)
        for part in 0..<count {
            // Two parts may meet in one place.
            for (vertex, number) in adjacency.pieceNumbers(of: parts.map { $0 == part }) { pieces[vertex] = count * number + part }
        }
        return pieces
    }
}

extension Adjacency {
    /// The marked vertices of the mesh, ascending, each with the number of the piece that it hangs together with.
    func pieceNumbers(of isMarked: [Bool]) -> [(vertex: Int, number: Int)] {
        let numbers = HangingPieces().numbers(of: welded(isMarked), in: self)
        return isMarked.indices.filter { isMarked[$0] }.map { ($0, numbers[Int(weld.welded[$0])]) }
    }

    /// #W: the places of marked vertices.
    func welded(_ isMarked: [Bool]) -> [Bool] {
        var result = [Bool](repeating: false, count: weld.count)
        for vertex in isMarked.indices where isMarked[vertex] { result[Int(weld.welded[vertex])] = true }
        return result
    }
}

extension LabelledShape {
    /// The mesh, opened under settings.
    ///
    /// Throws `Failure` for a mesh that cannot be used.
    func opened(_ settings: Settings) throws -> OpenMesh {
        try OpenMesh(mesh, name: path, hash: hash, normalisation: settings.normalisation, colored: settings.surface == .texture)
    }
}

import BSBBasics
import BSBInteractiveSegmentation
import BSBPhotography
import BSBShapes

/// A labelled part of a mesh and the game that interactive segmentation is measured by: a click on the part, then one after the other a
/// click where the answer is wrong in the largest region.
struct SegmentTrial {
    /// The mesh with what its surface is divided into.
    struct Ground: Sendable {
        let mesh: Mesh
        let adjacency: Adjacency
        /// #V: a third of the triangles around.
        let areas: [Double]
        /// #V: vertices that clicks may be on.
        let canBeClicked: [Bool]

        /// The ground of a mesh whose vertices can be clicked where `canBeClicked`.
        init(_ mesh: Mesh, canBeClicked: [Bool]) {
            self.mesh = mesh
            adjacency = Adjacency(mesh)
            areas = mesh.vertexAreas()
            self.canBeClicked = canBeClicked
        }
    }

    let ground: Ground
    /// #V: whether each vertex is in the part.
    let truth: [Bool]
    /// The first click.
    let first: Int

    /// The part's area.
    var area: Double { truth.indices.reduce(0) { $0 + (truth[$1] ? ground.areas[$1] : 0) } }

    /// The area-weighted intersection over union with the part; 0 where both are empty.
    func overlap(_ answer: [Bool]) -> Double { intersectionOverUnion(truth, answer, weights: ground.areas) }

    /// The next click: in the middle of the largest connected region that is wrong; nil if nothing that can be clicked is.
    ///
    /// The middle is the vertex farthest, along edges, from whatever is not in the region.
    func correction(of answer: [Bool]) -> SurfaceClick? {
        var best: (area: Double, vertices: [Int])?
        for polarity in [true, false] {
            let wrong = truth.indices.map { truth[$0] != answer[$0] && truth[$0] == polarity }
            for region in ground.regions(wrong) {
                let area = region.reduce(0) { $0 + ground.areas[$1] }
                if area > best?.area ?? 0, region.contains(where: { ground.canBeClicked[$0] }) { best = (area, region) }
            }
        }
        guard let best else { return nil }
        var isInside = [Bool](repeating: false, count: truth.count)
        for vertex in best.vertices { isInside[vertex] = true }
        let outside = truth.indices.filter { !isInside[$0] }
        let depth = ground.mesh.edgeDistances(from: outside, adjacency: ground.adjacency)
        let candidates = best.vertices.filter { ground.canBeClicked[$0] }
        guard let vertex = candidates.max(by: { (depth[$0], $1) < (depth[$1], $0) }) else { return nil }
        return SurfaceClick(vertex, isForeground: truth[vertex])
    }

    /// The overlaps after the first click and after each of `corrections` more, with the answers of `answer`.
    func play(corrections: Int, answer: ([SurfaceClick]) throws -> [Bool]) throws -> [Double] {
        var clicks = [SurfaceClick(first)]
        var overlaps: [Double] = []
        for _ in 0...corrections {
            let labels = try answer(clicks)
            overlaps.append(overlap(labels))
            guard overlaps.count <= corrections, let next = correction(of: labels), !clicks.contains(next) else { break }
            clicks.append(next)
        }
        // Where no click is left to make, the answer stays.
        return overlaps + [Double](repeating: overlaps.last ?? 0, count: corrections + 1 - overlaps.count)
    }
}

extension SegmentTrial.Ground {
    /// The pieces of the marked vertices that hang together, each ascending, by first vertex.
    func pieces(_ marked: [Bool]) -> [[Int]] { Self.sets(adjacency.pieceNumbers(of: marked)) }

    /// The connected regions of the marked vertices, each ascending, by first vertex.
    ///
    /// Vertices in the same place belong together.
    func regions(_ marked: [Bool]) -> [[Int]] {
        let (isMarked, welded) = (adjacency.welded(marked), adjacency.weld.welded)
        var sets = DisjointSets(count: isMarked.count)
        for edge in adjacency.edges where isMarked[Int(edge.a)] && isMarked[Int(edge.b)] { sets.join(Int(edge.a), Int(edge.b)) }
        let roots = sets.roots()
        return Self.sets(marked.indices.filter { marked[$0] }.map { ($0, roots[Int(welded[$0])]) })
    }

    private static func sets(_ vertices: [(vertex: Int, number: Int)]) -> [[Int]] {
        Dictionary(grouping: vertices, by: \.number).values.map { $0.map(\.vertex) }.sorted { $0[0] < $1[0] }
    }
}

import BSBBasics
import BSBShapes

/// Makes whole shells of a mesh follow what is said of most of them, and the clicks.
///
/// Everyday meshes are put together from shells that share no vertex, and their parts from whole shells: the pictures decide which ones, and
/// the shells where they end. A shell of which the part has most becomes the part's altogether, one of which it has little is left out; one
/// of which it has a share in between is divided as the pictures say, as is a mesh of one shell. Where the pictures tell no part from the
/// object, as on objects of which a segmenter knows no parts, the clicked shells alone are the part, with what lies within them.
package struct ShellConsensus: Sendable, Hashable, Codable {
    /// From this share of its area on all of a shell is in the part.
    package var most: Float = 0.6
    /// From this share on where the shell itself is clicked as wanted.
    package var mostOfClicked: Float = 0.45
    /// Up to this share nothing of a shell is, if it is not clicked.
    package var little: Float = 0.3
    /// But a shell that has this share of the part is divided: a head is the part, though it is one with its neck.
    package var mostOfPart: Float = 0.6
    /// A part with more than this share of the mesh's area is no part but the object.
    package var mostOfMesh: Float = 0.7
    /// A shell lies within a clicked one where this share of its points is in the other's box.
    package var shareWithin: Float = 0.6
    /// How far a shell may reach beyond that box, as a share of its diagonal.
    package var tolerance: Float = 0.05

    /// The usual shares.
    package init() {}

    /// The probabilities of the surface's rows after the shells were heard.
    ///
    /// - Parameters:
    ///   - probability: for each row of the surface.
    ///   - clicks: what they answer.
    ///   - surface: the mesh's neighbourhoods.
    /// - Complexity: O(#F + #E + clicked shells x #V).
    func settled(_ probability: [Float], clicks: [SurfaceClick], surface: SurfaceModel) -> [Float] {
        let adjacency = surface.adjacency
        let shells = Shells(adjacency)
        guard shells.count > 1 else { return probability }
        let welded = adjacency.weld.welded
        var points = [Float](repeating: 0, count: adjacency.weld.count)
        for (row, point) in welded.enumerated() { points[Int(point)] = max(points[Int(point)], probability[row]) }
        let inside = shells.areas(adjacency) { Float($0.count { points[Int($0)] >= 0.5 }) / 3 }
        let wanted = Set(clicks.filter(\.isForeground).map { shells.ofPoint[Int(surface.pointOfVertex[$0.vertex])] })
        let unwanted = Set(clicks.filter { !$0.isForeground }.map { shells.ofPoint[Int(surface.pointOfVertex[$0.vertex])] })
        let all = inside.reduce(0, +)
        let isObject = all > mostOfMesh * shells.area.reduce(0, +)
        let within = isObject ? self.within(wanted, shells, adjacency) : []
        let verdicts = (0..<shells.count).map { shell -> Verdict in
            let share = shells.area[shell] > 0 ? inside[shell] / shells.area[shell] : 0
            if unwanted.contains(shell) { return wanted.contains(shell) || !isObject ? .divided : .out }
            if wanted.contains(shell) { return share >= mostOfClicked ? .inside : .divided }
            if isObject { return within.contains(shell) ? .inside : .out }
            // Of a large shell the part may have little and be mostly that: a head that is one with its neck.
            let isLittle = share <= little && inside[shell] < mostOfPart * all
            return share >= most ? .inside : isLittle ? .out : .divided
        }
        return zip(probability, welded).map { value, point in
            switch verdicts[shells.ofPoint[Int(point)]] {
            case .inside: max(value, Self.sure)
            case .out: min(value, 1 - Self.sure)
            case .divided: value
            }
        }
    }

    private enum Verdict { case inside, out, divided }

    /// The probability that a shell has at least if it is in the part, and at most one minus this if it is not.
    private static let sure: Float = 0.75

    /// The shells that lie within clicked ones and are smaller.
    private func within(_ wanted: Set<Int>, _ shells: Shells, _ adjacency: Adjacency) -> Set<Int> {
        var result = Set<Int>()
        for clicked in wanted {
            var (low, high) = (SIMD3<Float>(repeating: .infinity), SIMD3<Float>(repeating: -.infinity))
            for (point, position) in adjacency.positions.enumerated() where shells.ofPoint[point] == clicked {
                (low, high) = (pointwiseMin(low, position), pointwiseMax(high, position))
            }
            let room = ((high - low) * (high - low)).sum().squareRoot() * tolerance
            var (all, inside) = ([Int](repeating: 0, count: shells.count), [Int](repeating: 0, count: shells.count))
            for (point, position) in adjacency.positions.enumerated() {
                all[shells.ofPoint[point]] += 1
                if Self.lies(position, low - room, high + room) { inside[shells.ofPoint[point]] += 1 }
            }
            for shell in 0..<shells.count where shells.area[shell] < shells.area[clicked] {
                if Float(inside[shell]) >= shareWithin * Float(all[shell]) { result.insert(shell) }
            }
        }
        return result
    }

    private static func lies(_ position: SIMD3<Float>, _ low: SIMD3<Float>, _ high: SIMD3<Float>) -> Bool {
        all(position .>= low) && all(position .<= high)
    }
}

/// The parts of a mesh that share no vertex.
private struct Shells {
    /// #W.
    let ofPoint: [Int]
    let count: Int
    private(set) var area: [Float] = []

    init(_ adjacency: Adjacency) {
        let faces = adjacency.faceComponents()
        var ofPoint = [Int](repeating: -1, count: adjacency.weld.count)
        for (face, corners) in adjacency.triangles.enumerated() {
            for corner in 0..<3 { ofPoint[Int(corners[corner])] = Int(faces.ofFace[face]) }
        }
        // Points of no face are shells of their own.
        var count = Int(faces.count)
        for point in ofPoint.indices where ofPoint[point] < 0 {
            ofPoint[point] = count
            count += 1
        }
        (self.ofPoint, self.count) = (ofPoint, count)
        area = areas(adjacency) { _ in 1 }
    }

    /// For each shell the sum of its triangles' areas, each counting as its corners' `weight` says.
    func areas(_ adjacency: Adjacency, _ weight: ([UInt32]) -> Float) -> [Float] {
        var sums = [Float](repeating: 0, count: count)
        for triangle in adjacency.triangles {
            let corners = [triangle.x, triangle.y, triangle.z]
            let positions = corners.map { adjacency.positions[Int($0)] }
            let normal = cross(positions[1] - positions[0], positions[2] - positions[0])
            sums[ofPoint[Int(corners[0])]] += (normal * normal).sum().squareRoot() * weight(corners)
        }
        return sums
    }
}

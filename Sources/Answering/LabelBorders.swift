import BSBShapes
import BSBWorkbench
import Foundation

/// Moves the borders of labels on a surface to where its parts end: to the borders of its components and to its creases.
///
/// A component that is mostly of one label is all of it. Then each vertex takes the label that it and its neighbours agree on most, where
/// neighbours across a crease hardly count.
struct LabelBorders {
    /// The share of a component's area at which the rest of it follows.
    private static let majority = 0.75
    /// The angle in radians between normals of neighbours at which they count a third.
    private static let crease = 0.5
    private static let rounds = 10

    private let mesh: OpenMesh
    private let adjacency: Adjacency

    init(_ mesh: OpenMesh) {
        self.mesh = mesh
        adjacency = Adjacency(mesh.mesh)
    }

    /// #V: the labels with their borders moved; 0 is no label and gives way to any.
    func settled(_ labels: [Int32]) -> [Int32] {
        guard labels.contains(where: { $0 != 0 }) else { return labels }
        return smoothed(wholeComponents(labels))
    }

    private func wholeComponents(_ labels: [Int32]) -> [Int32] {
        let components = adjacency.vertexComponents()
        guard Set(components).count > 1 else { return labels }
        func component(_ vertex: Int) -> UInt32 { components[Int(adjacency.weld.welded[vertex])] }
        var areas: [UInt32: [Int32: Double]] = [:]
        for vertex in labels.indices { areas[component(vertex), default: [:]][labels[vertex], default: 0] += mesh.areas[vertex] }
        let chosen = areas.compactMapValues { areas -> Int32? in
            // In order, so that rounding is the same every time.
            let total = areas.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
            return areas.first { $0.value >= Self.majority * total }?.key
        }
        return labels.indices.map { chosen[component($0)] ?? labels[$0] }
    }

    private func smoothed(_ labels: [Int32]) -> [Int32] {
        let (welded, oneRing) = (adjacency.weld.welded, adjacency.oneRing())
        let representative = adjacency.weld.representative.map { Int($0) }
        let normals = representative.map { mesh.surface.normals[$0] }
        let start = representative.map { labels[$0] }
        var current = start
        for _ in 0..<Self.rounds {
            var next = current
            for vertex in current.indices {
                var votes: [Int32: Double] = [start[vertex]: start[vertex] == 0 ? 0.2 : 1]
                for neighbour in oneRing[vertex] {
                    let angle = acos(Double(min(max((normals[vertex] * normals[Int(neighbour)]).sum(), -1), 1))) / Self.crease
                    votes[current[Int(neighbour)], default: 0] += exp(-angle * angle)
                }
                next[vertex] = votes.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key
            }
            if next == current { break }
            current = next
        }
        return welded.map { current[Int($0)] }
    }
}

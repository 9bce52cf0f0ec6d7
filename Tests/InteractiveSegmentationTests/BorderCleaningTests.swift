import BSBBasics
import Foundation
import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct MinimumCutTests {
    private struct Network {
        var terminals: [(Int64, Int64)]
        var edges: [(Int, Int, Int64)]

        func cost(_ isSource: [Bool]) -> Int64 {
            let own = terminals.indices.reduce(Int64(0)) { $0 + (isSource[$1] ? terminals[$1].1 : terminals[$1].0) }
            return edges.reduce(own) { $0 + (isSource[$1.0] != isSource[$1.1] ? $1.2 : 0) }
        }
    }

    @Test(arguments: 0..<60) func cutsAreAsCheapAsTheBestOfAll(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = 1 + generator.index(below: 9)
        let network = Network(
            terminals: (0..<count).map { _ in (Int64(generator.index(below: 12)), Int64(generator.index(below: 12))) },
            edges: (0..<generator.index(below: 24)).map { _ in
                (generator.index(below: count), generator.index(below: count), Int64(generator.index(below: 9)))
            })
        var cut = MinimumCut(nodes: count)
        for (node, costs) in network.terminals.enumerated() { cut.addTerminal(node, fromSource: costs.0, toSink: costs.1) }
        for edge in network.edges { cut.addEdge(edge.0, edge.1, edge.2) }
        let found = network.cost(cut.sourceSide())
        let best = (0..<(1 << count)).map { bits in network.cost((0..<count).map { bits >> $0 & 1 == 1 }) }.min()
        #expect(found == best)
    }

    @Test func longChainsNeedNoDeepStack() {
        let count = 200_000
        var cut = MinimumCut(nodes: count)
        cut.addTerminal(0, fromSource: 5, toSink: 0)
        cut.addTerminal(count - 1, fromSource: 0, toSink: 5)
        for node in 1..<count { cut.addEdge(node - 1, node, node == 1000 ? 1 : 3) }
        #expect(cut.sourceSide().count { $0 } == 1000)
    }
}

@Suite struct BorderCleaningTests {
    /// A tube along x whose radius narrows to a waist at x = 0: two bodies that meet in a crease.
    static func dumbbell(rings: Int = 60, around: Int = 24) -> Mesh {
        var mesh = Mesh(vertices: [], faces: [])
        for ring in 0...rings {
            let x = Float(ring) / Float(rings) * 2 - 1
            let radius = 0.08 + 0.3 * abs(x) * (1.2 - abs(x))
            for step in 0..<around {
                let angle = Float(step) / Float(around) * 2 * .pi
                mesh.vertices.append([x, radius * cos(angle), radius * sin(angle)])
            }
        }
        var faces: [SIMD3<UInt32>] = []
        for ring in 0..<rings {
            for step in 0..<around {
                let (a, b) = (UInt32(ring * around + step), UInt32(ring * around + (step + 1) % around))
                faces += [[a, b, a + UInt32(around)], [b, b + UInt32(around), a + UInt32(around)]]
            }
        }
        return Mesh(vertices: mesh.vertices, faces: faces)
    }

    @Test func bordersMoveIntoTheCrease() throws {
        let mesh = Self.dumbbell()
        let surface = try SurfaceModel(mesh)
        var generator = SeededGenerator(seed: 3)
        // The left body, with a border that is too far right by a tenth and frayed.
        let probability = mesh.vertices.map { min(max(0.5 - 2.5 * ($0.x - 0.1) + generator.uniform(-0.2, 0.2), 0.02), 0.98) }
        let left = try #require(mesh.vertices.firstIndex { $0.x < -0.5 })
        let raw = SurfaceSegment(probability: probability)
        let clean = BorderCleaning().cleaned(raw, clicks: [SurfaceClick(left)], surface: surface)
        let wrong = { (segment: SurfaceSegment) in
            segment.vertexLabels.indices.count { segment.vertexLabels[$0] != (mesh.vertices[$0].x < 0) && abs(mesh.vertices[$0].x) > 1e-3 }
        }
        #expect(wrong(clean) * 2 < wrong(raw), "\(wrong(raw)) wrong before, \(wrong(clean)) after")
        // Where nothing is to be gained, nothing changes.
        #expect(BorderCleaning().cleaned(clean, clicks: [SurfaceClick(left)], surface: surface).vertexLabels == clean.vertexLabels)
        #expect(zip(raw.probability, clean.probability).allSatisfy { $0 == $1 || $1 == 0.5 || $1 == Float(0.5).nextDown })
    }

    @Test func specksAreDroppedUnlessClicked() throws {
        let mesh = sphereMesh(12)
        let surface = try SurfaceModel(mesh)
        let speck = try #require(mesh.vertices.firstIndex { $0.y < -0.99 })
        let hole = try #require(mesh.vertices.firstIndex { $0.y > 0.99 })
        let top = try #require(mesh.vertices.firstIndex { $0.y > 0.4 && $0.y < 0.8 })
        var probability = mesh.vertices.map { $0.y > 0 ? Float(0.9) : 0.1 }
        (probability[speck], probability[hole]) = (1, 0)
        var cleaning = BorderCleaning()
        cleaning.reach = 0
        let raw = SurfaceSegment(probability: probability)
        let clean = cleaning.cleaned(raw, clicks: [SurfaceClick(top)], surface: surface)
        #expect(!clean.vertexLabels[speck] && clean.vertexLabels[hole])
        let clicks = [SurfaceClick(top), SurfaceClick(speck), SurfaceClick(hole, isForeground: false)]
        let kept = cleaning.cleaned(raw, clicks: clicks, surface: surface)
        #expect(kept.vertexLabels[speck] && !kept.vertexLabels[hole])
    }

    @Test func verticesOfNoFaceStayAsTheyWere() throws {
        var mesh = sphereMesh(4)
        mesh = Mesh(vertices: mesh.vertices + [[0, 2, 0], [0, 3, 0]], faces: mesh.faces)
        var probability = [Float](repeating: 0.9, count: mesh.vertices.count)
        probability[probability.count - 1] = 0.1
        let clean = BorderCleaning().cleaned(
            SurfaceSegment(probability: probability), clicks: [SurfaceClick(0)], surface: try SurfaceModel(mesh))
        #expect(clean.probability == probability)
    }
}

import BSBBasics
import Foundation
import BSBInteractiveSegmentation
import BSBAnswering
import BSBResults
import BSBWorkbench
import BSBShapes
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct SegmentTrialTests {
    /// A strip of 2 x n squares, 3 rows of n + 1 vertices.
    static func strip(_ n: Int) -> Mesh {
        var mesh = Mesh(vertices: [], faces: [])
        for y in 0...2 { for x in 0...n { mesh.vertices.append([Float(x), Float(y), 0]) } }
        var faces: [SIMD3<UInt32>] = []
        for y in 0..<2 {
            for x in 0..<n {
                let a = UInt32(y * (n + 1) + x)
                faces += [[a, a + 1, a + UInt32(n) + 2], [a, a + UInt32(n) + 2, a + UInt32(n) + 1]]
            }
        }
        return Mesh(vertices: mesh.vertices, faces: faces)
    }

    static func trial() -> SegmentTrial {
        let mesh = strip(20)
        let ground = SegmentTrial.Ground(mesh, canBeClicked: [Bool](repeating: true, count: mesh.vertices.count))
        return SegmentTrial(ground: ground, truth: mesh.vertices.map { $0.x < 10 }, first: 5)
    }

    @Test func correctionsGoWhereMostIsWrong() throws {
        let trial = Self.trial()
        let vertices = trial.ground.mesh.vertices
        #expect(trial.correction(of: trial.truth) == nil)
        let missing = try #require(trial.correction(of: vertices.map { $0.x < 2 }))
        #expect(missing.isForeground && trial.truth[missing.vertex] && vertices[missing.vertex].x > 3)
        let tooMuch = try #require(trial.correction(of: vertices.map { _ in true }))
        #expect(!tooMuch.isForeground && vertices[tooMuch.vertex].x == 20)
        #expect(trial.overlap(trial.truth) == 1)
        #expect(trial.overlap(vertices.map { _ in false }) == 0)
    }

    @Test func playingEndsWhenNothingIsWrong() throws {
        let trial = Self.trial()
        var rounds = 0
        let overlaps = try trial.play(corrections: 3) { clicks in
            rounds += 1
            return clicks.count > 1 ? trial.truth : trial.truth.map { _ in false }
        }
        #expect(overlaps == [0, 1, 1, 1])
        #expect(rounds == 2)
    }

    // A ball around a click at the far end of half a tower is that half. The nearer the click is to the border, the more of the ball lies
    // beyond it, but never more than lies on the click's side, since what is beyond is farther than its mirror image: of a ball as large
    // as the part at least half is in the part, and the overlap is at least a third. Diagonals of squares have no mirror image; hence 0.32.
    @Test func ballsSpillOverNearBordersByAtMostHalf() throws {
        let shape = tower(side: 7)
        let perVertex = try shape.labels.perVertex(of: shape.mesh)
        let ground = SegmentTrial.Ground(shape.mesh, canBeClicked: [Bool](repeating: true, count: perVertex.count))
        var overlaps: [Float: [Double]] = [:]
        for click in perVertex.indices {
            let trial = SegmentTrial(ground: ground, truth: perVertex.map { $0 == perVertex[click] }, first: click)
            let ball = NearestToClicks(ground: ground, area: trial.area, metric: .length).answer(to: [SurfaceClick(click)])
            overlaps[(abs(shape.mesh.vertices[click].y) * 7).rounded(), default: []].append(trial.overlap(ball))
        }
        let rows = overlaps.sorted { $0.key < $1.key }.map(\.value)
        #expect(rows.count == 4)
        #expect(rows[0].min()! > 0.32 && rows[0].max()! < 0.5)
        for (near, far) in zip(rows, rows.dropFirst()) { #expect(near.min()! < far.min()! && near.max()! < far.max()!) }
        #expect(rows[3].min()! > 0.6 && rows[3].max()! > 0.95)
    }

    @Test func ballsHaveTheSizeOfThePart() {
        let trial = Self.trial()
        let ball = NearestToClicks(ground: trial.ground, area: trial.area, metric: .length)
        #expect(trial.overlap(ball.answer(to: [SurfaceClick(21)])) > 0.8)
        let away = ball.answer(to: [SurfaceClick(10), SurfaceClick(20, isForeground: false)])
        #expect(away.indices.allSatisfy { !away[$0] || trial.ground.mesh.vertices[$0].x <= 15 })
    }
}

@Suite struct ShapeDiameterTests {
    /// A box of the given half sizes, each side cut into n x n squares, wound outwards.
    static func box(_ half: SIMD3<Float>, n: Int = 8, isTurned: Bool = false) -> Mesh {
        var (vertices, faces): ([SIMD3<Float>], [SIMD3<UInt32>]) = ([], [])
        for axis in 0..<3 {
            for end in [Float(-1), 1] {
                let offset = UInt32(vertices.count)
                let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
                for j in 0...n {
                    for i in 0...n {
                        var point = SIMD3<Float>()
                        point[axis] = end * half[axis]
                        point[u] = (2 * Float(i) / Float(n) - 1) * half[u]
                        point[v] = (2 * Float(j) / Float(n) - 1) * half[v]
                        vertices.append(point)
                    }
                }
                for j in 0..<n {
                    for i in 0..<n {
                        let a = offset + UInt32(j * (n + 1) + i)
                        let (b, c, d) = (a + 1, a + UInt32(n) + 1, a + UInt32(n) + 2)
                        faces += (end > 0) != isTurned ? [[a, b, d], [a, d, c]] : [[a, d, b], [a, c, d]]
                    }
                }
            }
        }
        return Mesh(vertices: vertices, faces: faces)
    }

    static func diameters(_ mesh: Mesh) throws -> [Double] {
        let prepared = try OpenMesh(mesh, name: "box.obj", hash: "box")
        let shape = ShapeDiameter(prepared, adjacency: Adjacency(mesh), parallelism: Parallelism(threads: 1))
        return shape.logarithms.map { exp($0) * prepared.normalisation.scale }
    }

    @Test(arguments: [false, true]) func aSlabIsAsThickAsItIs(isTurned: Bool) throws {
        let mesh = Self.box([1, 0.1, 1], isTurned: isTurned)
        let diameters = try Self.diameters(mesh)
        let middle = mesh.vertices.indices.filter { abs(mesh.vertices[$0].x) < 0.3 && abs(mesh.vertices[$0].z) < 0.3 }
        #expect(middle.count > 10)
        // Rays of the cone are longer than the way straight across, by at most one over the cosine of its half angle.
        for vertex in middle { #expect((0.2...0.4).contains(diameters[vertex]), "\(diameters[vertex])") }
        let thick = try Self.diameters(Self.box([1, 0.3, 1], isTurned: isTurned))
        for vertex in middle { #expect(thick[vertex] > 1.5 * diameters[vertex]) }
    }

    @Test func partsOfEqualThicknessAreFoundThroughIt() throws {
        // A strip whose left half is thick: the metric keeps to the half of the click, whatever the distance.
        let mesh = SegmentTrialTests.strip(20)
        let ground = SegmentTrial.Ground(mesh, canBeClicked: [Bool](repeating: true, count: mesh.vertices.count))
        let trial = SegmentTrial(ground: ground, truth: mesh.vertices.map { $0.x < 10 }, first: 9)
        let thickness = NearestToClicks.Metric.thickness(mesh.vertices.map { $0.x < 10 ? 5 : -50 })
        #expect(trial.overlap(NearestToClicks(ground: ground, area: trial.area, metric: thickness).answer(to: [SurfaceClick(9)])) > 0.95)
        let near = NearestToClicks(ground: ground, area: trial.area, metric: .length).answer(to: [SurfaceClick(9)])
        #expect(trial.overlap(near) < 0.8)
    }
}

@Suite struct SegmentEvaluationTests {
    static var options: SegmentEvaluation.Options {
        var options = SegmentEvaluation.Options()
        (options.methods, options.corrections) = ([.lift, .ball, .diameter, .fast], 2)
        (options.fast.sampling.minimumVertices, options.fast.sampling.maximumVertices) = (20, 20)
        (options.fast.training.steps, options.fast.training.evaluationInterval, options.fast.training.points) = (20, 10, 16)
        return options
    }

    static func evaluation(_ shape: LabelledShape) -> SegmentEvaluation {
        var bench = testBench()
        bench.settings.segmentViews.count = 12
        return SegmentEvaluation(Subjects(MemoryDataSet(shapes: [shape]), [shape.entry], at: bench), options: options)
    }

    /// The overlap of a part of the tower with the ball around a click that has its area.
    private static func ballOverlap(of name: String, clickedAt click: Int) throws -> Double {
        let shape = tower()
        let mesh = try OpenMesh(shape.mesh, name: shape.path, hash: shape.hash).scene.mesh
        let truth = try shape.labels.perVertex(of: shape.mesh).map { shape.labels.names[$0] == name }
        let ground = SegmentTrial.Ground(mesh, canBeClicked: truth)
        let trial = SegmentTrial(ground: ground, truth: truth, first: click)
        #expect(truth[click])
        return trial.overlap(NearestToClicks(ground: ground, area: trial.area, metric: .length).answer(to: [SurfaceClick(click)]))
    }

    @Test func measurementsGoOnWhereTheyWere() throws {
        try withTemporaryDirectory { path in
            let results = try Self.evaluation(tower()).run(folder: path).records
            #expect(results.count == 1 && results[0].parts.count == 2)
            for part in results[0].parts {
                for method in Self.options.methods {
                    let overlaps = try #require(part.overlaps[method.rawValue])
                    #expect(overlaps.count == 3 && overlaps.allSatisfy { (0...1).contains($0) })
                }
                #expect(try abs(part.overlaps["ball"]![0] - Self.ballOverlap(of: part.name, clickedAt: part.click)) < 1e-9)
            }
            #expect(results[0].costs["fast"]?.counts["prompts"] ?? 0 > 0)
            let summary = Self.evaluation(tower()).summary(of: results)
            #expect(summary["parts"] == 2 && (summary["overlaps"] as [String: [Estimate]]?)?["lift"]?.count == 3)
            #expect(summary.table.contains("| fast over lift |") && summary.table.contains("one click | +1 | +2"))
            // What is done is read, not measured again: the result of an altered file comes back.
            let file = "\(path)/samples.jsonl"
            let altered = try String(contentsOfFile: file, encoding: .utf8).replacingOccurrences(of: "\"base\"", with: "\"foot\"")
            try AtomicFile.write(altered, to: file)
            #expect(try Self.evaluation(tower()).run(folder: path).records[0].parts.contains { $0.name == "foot" })
            var other = Self.options
            other.corrections = 1
            let shape = tower()
            #expect(throws: Failure.self) {
                try SegmentEvaluation(Subjects(MemoryDataSet(shapes: [shape]), [shape.entry], at: testBench()), options: other)
                    .run(folder: path)
            }
        }
    }
}

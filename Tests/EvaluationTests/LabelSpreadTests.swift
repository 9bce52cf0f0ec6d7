import BSBBasics
import BSBLibrary
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

/// Labels of a few shapes on all others, and what geometry alone says.
@Suite struct LabelSpreadTests {
    private static func data(_ count: Int) -> MemoryDataSet {
        MemoryDataSet(
            shapes: (0..<count).map { number in
                var shape = tower(side: 5 + number % 3)
                (shape.entry.id, shape.hash) = ("\(number)", "tower \(number)")
                return shape
            })
    }

    @Test func labelsGoFromAFewToAllOthers() throws {
        try withTemporaryDirectory { folder in
            let data = Self.data(5)
            let evaluator = try LabelSpreadEvaluator(Subjects(data, data.entries, at: testBench()), options: .init())
            let records = try evaluator.run(folder: folder).records
            #expect(records.count == 2 && Set(records.flatMap(\.sources)).count == 3)
            #expect(Set(records.map(\.target)).isDisjoint(with: records.flatMap(\.sources)))
            for record in records {
                #expect(record.scores.count == 8 && record.scores.values.allSatisfy { Set($0.keys) == ["base", "top"] })
                // Towers stand alike, and the halves differ by their place alone.
                #expect(record.scores["place-1"]!.values.allSatisfy { $0 > 0.75 }, "\(record.scores)")
                #expect(record.scores["place-3"]!.values.allSatisfy { $0 > 0.75 })
            }
            let summary = evaluator.summary(of: records)
            let parts: [String: [String: Double]] = try #require(summary["parts"])
            #expect(summary["shapes"] == 2 && parts["Tower/base"]?["place-1"] ?? 0 > 0.75)
            #expect(summary.table.contains("| Nearest by position and normal | "))
            #expect(try evaluator.run(folder: folder).records == records)
        }
    }

    @Test func categoriesWithTooFewShapesAreLeftOut() throws {
        let data = Self.data(3)
        let evaluator = try LabelSpreadEvaluator(Subjects(data, data.entries, at: testBench()), options: .init())
        #expect(throws: Failure.self) { _ = try evaluator.jobs(skipping: SkippedShapes()) }
        var options = LabelSpreadEvaluator.Options()
        (options.sources, options.groupsByNoun) = ([1], true)
        var shapes = data.shapes
        for (number, id) in ["1-old-tower", "2-tower", "3-column"].enumerated() { shapes[number].entry.id = id }
        let named = MemoryDataSet(shapes: shapes)
        let jobs = try LabelSpreadEvaluator(Subjects(named, named.entries, at: testBench()), options: options).jobs(
            skipping: SkippedShapes())
        #expect(jobs.count == 1 && jobs[0].units == [0])
        #expect(try jobs[0].records([0]).map(\.category) == ["tower"])
    }

    @Test func formDoesNotChangeWhenAMeshIsTurned() throws {
        let mesh = tower(side: 8).mesh
        let (c, s) = (Float(0.6), Float(0.8))
        let turned = Mesh(vertices: mesh.vertices.map { [c * $0.x - s * $0.y, s * $0.x + c * $0.y, $0.z] }, faces: mesh.faces)
        let opened = try [mesh, turned].map { try OpenMesh($0, name: "tower") }
        for form in FormDescriptor.allCases {
            let (a, b) = (form.values(of: opened[0], parallelism: Parallelism()), form.values(of: opened[1], parallelism: Parallelism()))
            #expect(a.rows == mesh.vertices.count && a.values.allSatisfy(\.isFinite))
            // The axes across are as long as each other, so that the columns of those are not compared.
            let same = form == .form ? [0, 1, 4] : Array(0..<a.columns)
            let difference = same.flatMap { column in (0..<a.rows).map { abs(a[$0, column] - b[$0, column]) } }.max()!
            #expect(form == .form ? difference < 1e-3 : difference > 0.5, "\(form): \(difference)")
        }
    }

    @Test func thicknessTellsAThinPlateFromABlock() throws {
        func box(_ half: SIMD3<Float>) -> Mesh {
            let corners = (0..<8).map { SIMD3<Float>($0 & 1 == 0 ? -1 : 1, $0 & 2 == 0 ? -1 : 1, $0 & 4 == 0 ? -1 : 1) * half }
            let quads: [[UInt32]] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
            return Mesh(vertices: corners, faces: quads.flatMap { [[$0[0], $0[1], $0[2]], [$0[0], $0[2], $0[3]]] })
        }
        // A plate and a block side by side, in one mesh, so that lengths are in one unit.
        let (plate, block) = (box([1, 1, 0.05]), box([1, 1, 1]))
        let both = Mesh(
            vertices: plate.vertices + block.vertices.map { $0 + [4, 0, 0] }, faces: plate.faces + block.faces.map { $0 &+ 8 })
        let values = FormDescriptor.form.values(of: try OpenMesh(both, name: "both"), parallelism: Parallelism())
        let thick = (0..<16).map { values[$0, 7] }
        #expect(thick[..<8].max()! < thick[8...].min()!, "\(thick)")
    }
}

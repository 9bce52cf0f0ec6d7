import BSBBasics
import BSBImages
import BSBWorkbench
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct GivenFeaturesTests {
    /// Heights as directions, for a grid over photos and for the vertices of a tower.
    private static func write(to folder: String, photos: [Int], shape: LabelledShape, rows: Int? = nil) throws {
        let grid = (0..<256).flatMap { cell -> [Float] in
            let depth = Float(cell / 16) / 16
            return [depth, 1 - depth]
        }
        for number in photos {
            try NumPyArray(grid, shape: [16, 16, 2]).write(to: "\(folder)/photos/\(DepthExport.Photo.stem(number)).npy")
        }
        let count = rows ?? shape.mesh.vertices.count
        let values = shape.mesh.vertices.prefix(count).flatMap { vertex -> [Float] in [0.5 - vertex.y / 2, 0.5 + vertex.y / 2] }
        try NumPyArray(values, shape: [count, 2]).write(to: "\(folder)/meshes/\(shape.entry.name).npy")
    }

    private static func evaluator(_ features: GivenFeatures, _ shape: LabelledShape) -> Evaluator {
        var options = EvaluationOptions()
        (options.samples, options.photoSize, options.segments, options.renderBaselines) = (4, 64, false, false)
        let data = MemoryDataSet(shapes: [shape])
        return Evaluator(Subjects(data, data.entries, at: testBench(), features: features), options: options)
    }

    @Test func givenFeaturesAreMatched() throws {
        try withTemporaryDirectory { folder in
            let shape = tower()
            try Self.write(to: folder, photos: [0, 1], shape: shape)
            let features = try GivenFeatures(folder)
            let evaluator = Self.evaluator(features, shape)
            #expect(evaluator.models.first == features.identity)
            let records = try evaluator.run(folder: "\(folder)/run").records
            #expect(records.count == 4)
            for record in records {
                let nearest = try #require(record.answers[Method.nearestVertex.rawValue]?.vertex)
                let wanted = 1 - 2 * (Float(record.click.y) + 0.5) / 64
                #expect(abs(shape.mesh.vertices[nearest].y - wanted) < 0.3, "\(shape.mesh.vertices[nearest].y) for \(wanted)")
                #expect(record.answers[Method.standard.rawValue] != nil && record.answers[Method.bsb.rawValue] != nil)
            }
            // Other numbers are other features.
            try Self.write(to: folder, photos: [2], shape: shape)
            #expect(try GivenFeatures(folder).identity != features.identity)
        }
    }

    @Test func filesThatAreNoFeaturesAreRefused() throws {
        try withTemporaryDirectory { folder in
            let shape = tower()
            #expect(try failure { try GivenFeatures(folder) }.kind == .missingInput)
            try Self.write(to: folder, photos: [0, 1], shape: shape, rows: 5)
            let short = try failure { try Self.evaluator(GivenFeatures(folder), shape).run(folder: "\(folder)/a") }
            #expect(short.kind == .badInput && short.reason.contains("5 rows for"))
            try Self.write(to: folder, photos: [0, 1], shape: shape)
            try NumPyArray([Float.nan, 1], shape: [1, 1, 2]).write(to: "\(folder)/photos/000001.npy")
            let unfinite = try failure { try Self.evaluator(GivenFeatures(folder), shape).run(folder: "\(folder)/b") }
            #expect(unfinite.kind == .badInput && unfinite.path?.hasSuffix("000001.npy") == true)
        }
    }
}

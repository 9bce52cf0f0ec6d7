import BSBBasics
import BSBCorrespondence
import BSBLibrary
import BSBWorkbench
import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

/// What searches of a library are measured by.
@Suite struct LibraryEvaluatorTests {
    private static func record(_ sample: Int, relevant: Int, hits: [String: Int], found: Int, right: Int) -> LibraryRecord {
        LibraryRecord(
            sample: sample, photo: sample, shape: "Cup/1", part: "handle", judged: 40, relevant: relevant, hits: hits, found: found,
            right: right, seconds: Double(sample), evidence: [[0.5, 0.9, 0.8, 1], [0.1, 0.2, 0.3, 0]])
    }

    @Test func recallIsOfAsManyAsCouldBeFound() throws {
        let records = [
            Self.record(0, relevant: 4, hits: ["search": 4, "whole": 2], found: 4, right: 3),
            Self.record(1, relevant: 20, hits: ["search": 5, "whole": 0], found: 1, right: 1),
            Self.record(2, relevant: 0, hits: [:], found: 9, right: 0),
        ]
        let summary = LibrarySummary(of: records, options: .init(), meshes: 50, models: testBench().models)
        #expect(summary.searches == 2 && summary.judged == 40 && summary.relevant == 12)
        #expect(summary.recall["search"]?.mean == 0.75 && summary.recall["whole"]?.mean == 0.25)
        // Of 4, 10 x 4 / 40 are among the first ten of any order; of 20, 5 of 10.
        #expect(summary.random?.mean == 0.375)
        #expect(summary.precision == 0.8 && summary.coverage == 4 / 24)
        #expect(try #require(summary.fitted).weights.count == 4)
        #expect(summary.table.contains("| search | 0.75"))
    }

    @Test func searchesAreJudgedByLabelsAndGoOn() throws {
        try withTemporaryDirectory { folder in
            let shape = tower()
            var bench = testBench()
            bench.settings.featureViews.count = 6
            for id in ["1", "2"] {
                // Two files that differ, each a tower.
                let text = try String(decoding: shape.mesh.objData(), as: UTF8.self) + "# \(id)\n"
                try AtomicFile.write(text, to: "\(folder)/data/Tower/\(id).obj")
                let labels = try JSONText.data(shape.labels)
                try AtomicFile.write(labels, to: "\(folder)/data/Tower/\(id).labels.json")
            }
            let library = try MeshLibrary(creating: folder + "/library")
            _ = try LibraryAdder(to: library, at: bench).add([folder + "/data"])
            let data = try DataSetFormat.simple.open(folder + "/data")
            var options = LibraryEvaluator.Options()
            (options.searches, options.photoSize) = (2, 96)
            let evaluator = try LibraryEvaluator(in: library, Subjects(data, data.entries, at: bench), options: options)
            let records = try evaluator.run(folder: folder + "/out").records
            #expect(!records.isEmpty)
            for record in records {
                #expect(record.judged == 1 && record.relevant == 1, "the photographed shape does not count")
                #expect(record.hits["search"] == 1 && record.hits["whole"] == 1 && record.evidence.count == 1)
            }
            #expect(try evaluator.run(folder: folder + "/out").records == records)
        }
    }
}

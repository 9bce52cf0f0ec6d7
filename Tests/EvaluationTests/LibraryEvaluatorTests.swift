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
        let summary = Summary(
            of: records, options: LibraryEvaluator.Options(), meshes: 50, models: testBench().models, [(.search, "search")],
            judged: "labelled meshes", isRight: "have the part")
        #expect(summary["searches"] == 2 && summary["judged"] == 40 && summary["relevant"] == 12.0)
        let recall: [String: Estimate] = try #require(summary["recall"])
        #expect(recall["search"]?.mean == 0.75 && recall["whole"]?.mean == 0.25)
        // Of 4, 10 x 4 / 40 are among the first ten of any order; of 20, 5 of 10.
        #expect(summary["random"]?.mean == 0.375)
        #expect(summary["coverage"] == 4.0 / 24 && summary.table.contains("was said to have the part: 0.800 have the part, 0.167 of those"))
        #expect(try #require(summary["fitted"] as ExistenceCalibration?).weights.count == 4)
        #expect(summary.table.contains("| search | 0.75") && summary.table.contains("among 40 labelled meshes of 50; 12.000 have the part"))
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

/// What meshes are called, and searches by photos of known kinds.
@Suite struct KindTests {
    @Test(arguments: [
        ("/a/kitchen/0161-upper-cabinet.obj", "cabinet"), ("1030-sofa-3-seats.obj", "sofa"), ("0624-table_with_drawers.obj", "table"),
        ("beetle.obj", "beetle"), ("chair1.obj", "chair"), ("12-Bunkbed90x190.obj", "bunkbed90x"),
    ]) func theNounOfANameIsFound(path: String, noun: String) {
        #expect(KindTable.noun(of: path) == noun)
    }

    @Test func meshesAreOfAKindByFileOrFolder() {
        let table = KindTable(["seat": .init(photos: ["chair"], meshes: ["chair", "armchair"]), "car": .init(photos: [], meshes: ["car"])])
        #expect(table.kind(ofMesh: "/x/Chair/101.off") == "seat" && table.kind(ofMesh: "/x/office/0004-armchair.obj") == "seat")
        #expect(table.kind(ofMesh: "/x/vehicles/city-car.obj") == "car" && table.kind(ofMesh: "/x/car/wheelchair-ramp.obj") == "car")
        #expect(table.kind(ofMesh: "/chair/other/table.obj") == nil && table.kind(ofMesh: "1.obj") == nil)
        #expect(KindTable.noun(of: "101.off") == nil)
    }

    @Test func photosFindMeshesOfTheirKind() throws {
        try withTemporaryDirectory { folder in
            var bench = testBench()
            bench.settings.featureViews.count = 6
            for (number, name) in ["tower", "old-tower", "column"].enumerated() {
                // Files that differ.
                let text = try String(decoding: tower(side: 4 + number).mesh.objData(), as: UTF8.self)
                try AtomicFile.write(text, to: "\(folder)/data/\(name).obj")
            }
            let library = try MeshLibrary(creating: folder + "/library")
            _ = try LibraryAdder(to: library, at: bench).add([folder + "/data"])
            // Of cars there is no mesh, of columns no photo.
            try writePhotos(of: ["towers", "cars"], in: "\(folder)/photos")
            let table = KindTable([
                "tower": .init(photos: ["towers", "none"], meshes: ["tower"]), "car": .init(photos: ["cars"], meshes: ["car"]),
                "column": .init(photos: [], meshes: ["column"]),
            ])
            var options = LibraryPhotoEvaluator.Options()
            options.searches = 3
            let evaluator = try LibraryPhotoEvaluator(in: library, photos: folder + "/photos", table, options: options, at: bench)
            let records = try evaluator.run(folder: folder + "/out").records
            #expect(try evaluator.run(folder: folder + "/out").records == records, "a finished run goes on with nothing")
            let summary = evaluator.summary(of: records)
            #expect(summary["searches"] == 3 && summary["judged"] == 3 && summary["relevant"] == 2.0)
            // Of three meshes all are among the first ten.
            let recall: [String: Estimate] = try #require(summary["recall"])
            #expect(recall["search"]?.mean == 1 && summary["random"]?.mean == 1 && recall["whole"]?.mean == 1)
            let lines = try String(contentsOfFile: folder + "/out/samples.jsonl", encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 3 && lines.allSatisfy { $0.contains("\"part\":\"tower\"") })
            let other = KindTable(["car": .init(photos: ["cars"], meshes: ["car"])])
            #expect(throws: Failure.self) {
                _ = try LibraryPhotoEvaluator(in: library, photos: folder + "/photos", other, options: options, at: bench)
            }
        }
    }
}

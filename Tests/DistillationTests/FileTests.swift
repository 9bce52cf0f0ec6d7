import BSBBasics
import BSBDistillation
import Foundation
import BSBLinearAlgebra
import TestSupport
import Testing

@Suite struct FileTests {
    let field = FeatureField(values: Matrix(rows: 3, columns: 2, values: [1, -2, 0.5, 1e-30, 4, 1e30]), observed: [true, false, true])

    @Test func fieldRoundTrip() throws {
        try withTemporaryDirectory { directory in
            try field.write(to: directory)
            #expect(try FeatureField(directory: directory) == field)
            #expect(try Set(FileManager.default.contentsOfDirectory(atPath: directory)) == Set(FeatureField.fileNames))
        }
    }

    @Test func damagedFieldsAreRefused() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: Failure.self) { try FeatureField(directory: directory) }
            try field.write(to: directory)
            try NumPyArray([true, false], shape: [2]).write(to: directory + "/observed.npy")
            #expect(throws: Failure.self) { try FeatureField(directory: directory) }
            try field.write(to: directory)
            try NumPyArray([Float.nan, 0, 0, 0, 0, 0], shape: [3, 2]).write(to: directory + "/features.npy")
            #expect(throws: Failure.self) { try FeatureField(directory: directory) }
            try AtomicFile.write(
                "{\"format\": \"feature field\", \"version\": 2, \"vertices\": 3, \"dimension\": 2}", to: directory + "/field.json")
            #expect(throws: Failure.self) { try FeatureField(directory: directory) }
            try AtomicFile.write("[", to: directory + "/field.json")
            #expect(throws: Failure.self) { try FeatureField(directory: directory) }
        }
    }

    @Test func networkRoundTripGivesTheSameFeatures() throws {
        let network = try FeatureMLP(.init(outputs: 5, width: 12, depth: 1), seed: 3)
        try withTemporaryDirectory { directory in
            try network.write(to: directory)
            let read = try FeatureMLP(directory: directory)
            #expect(read == network)
            #expect(read.features(at: [[0.1, 0.2, 0.3]]) == network.features(at: [[0.1, 0.2, 0.3]]))
            try NumPyArray([Float](repeating: 0, count: 7), shape: [7]).write(to: directory + "/parameters.npy")
            #expect(throws: Failure.self) { try FeatureMLP(directory: directory) }
            let huge =
                "{\"format\":\"coordinate network\",\"version\":1,\"shape\":{\"outputs\":9000000000000000000,\"width\":9000000000000000000,"
            try AtomicFile.write(huge + "\"depth\":2,\"sigma\":5,\"activation\":\"tanh\"}}", to: directory + "/network.json")
            #expect(throws: Failure.self) { try FeatureMLP(directory: directory) }
        }
    }
}

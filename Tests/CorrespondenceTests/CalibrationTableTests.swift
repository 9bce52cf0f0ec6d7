import BSBBackbones
import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBCorrespondence

@Suite struct CalibrationTableTests {
    private static let models = [ModelIdentity(name: "a", hash: "1"), ModelIdentity(name: "b", hash: "2")]

    private static func calibration(_ first: Double, _ direction: MatchDirection = .photoToShape) -> ExistenceCalibration {
        let more: [Double] = direction == .photoToShape ? [4, 5, 6, 7] : direction == .photoToLibrary ? [3] : []
        return ExistenceCalibration(direction, models: models.map(\.hash), weights: [first, 1, 2] + more, clicks: 7)
    }

    @Test func aLaterCalibrationReplacesOneForTheSameWayAndModels() {
        var table = CalibrationTable([Self.calibration(1), Self.calibration(2, .shapeToPhoto), Self.calibration(3)])
        #expect(table.calibrations.count == 2)
        #expect(table.known(.photoToShape, for: Self.models)?.weights[0] == 3)
        table.add(CalibrationTable([Self.calibration(4, .shapeToPhoto)]))
        #expect(table.known(.shapeToPhoto, for: Self.models)?.weights[0] == 4 && table.calibrations.count == 2)
        #expect(table.known(.photoToShape, for: Self.models.reversed()) == nil)
        #expect(table.known(.photoToLibrary, for: Self.models) == nil)
    }

    @Test func goesThroughAFile() throws {
        try withTemporaryDirectory { folder in
            let path = "\(folder)/calibrations.json"
            let table = CalibrationTable([Self.calibration(1.25)])
            try JSONEncoder().encode(table).write(to: URL(fileURLWithPath: path))
            #expect(try CalibrationTable(contentsOf: path) == table)
        }
    }

    @Test(arguments: [
        "", "[]", #"{"calibrations": 1}"#,
        #"{"calibrations": [{"direction": "sideways", "models": ["1", "2"], "weights": [1, 2, 3], "clicks": 1}]}"#,
        #"{"calibrations": [{"direction": "photoToShape", "models": ["1", "2"], "weights": [1, 2, 3], "clicks": 1}]}"#,
        #"{"calibrations": [{"direction": "photoToShape", "models": ["1"], "weights": [1, 2, 3, 4, 5, 6, 7], "clicks": 1}]}"#,
    ])
    func whatIsNoTableIsRefused(_ text: String) throws {
        try withTemporaryDirectory { folder in
            let path = "\(folder)/calibrations.json"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let failure = #expect(throws: Failure.self) { try CalibrationTable(contentsOf: path) }
            #expect(failure?.kind == .badInput && failure?.path == path)
        }
    }

    @Test func theEmbeddedModelsAreCalibratedForEachWay() throws {
        let models = try EmbeddedModels()
        let table = try CalibrationTable(of: models)
        #expect(Set(table.calibrations.map(\.direction)) == Set(MatchDirection.allCases))
        #expect(Set(table.calibrations.map(\.models)).count == 1)
    }
}

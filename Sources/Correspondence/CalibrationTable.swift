import BSBBackbones
import BSBBasics

/// Calibrations of existence: for each way and each pair of models at most one.
///
/// A file of them is JSON, `{"calibrations": [...]}`. One comes with the embedded models; `--fit` of `bsb evaluate existence`, `reverse` and `library`
/// writes one, and `--calibration` reads it.
package struct CalibrationTable: Sendable, Hashable, Codable {
    /// The calibrations.
    package private(set) var calibrations: [ExistenceCalibration]

    /// A table of calibrations; of two for the same way and models the later one counts.
    package init(_ calibrations: [ExistenceCalibration] = []) {
        self.calibrations = []
        for calibration in calibrations { add(calibration) }
    }

    /// The table in the file `path`.
    ///
    /// - Throws: `Failure` of a kind if it cannot be read, is no such file, or has weights that cannot be.
    package init(contentsOf path: String, operation: String = "reading the calibration") throws {
        let read = try JSONFile.decode(
            CalibrationTable.self, from: path, operation: operation, wrong: "it is no file of calibrations",
            hint: "'bsb evaluate existence --fit FILE' writes one")
        self.init(read.calibrations)
        guard calibrations.allSatisfy(\.isUsable) else {
            throw Failure(
                .badInput, operation, path: path, reason: "a calibration in it has weights or models that cannot be",
                hint: "those of earlier versions have fewer weights; 'bsb evaluate existence --fit FILE' makes one anew")
        }
    }

    /// The table beside a set of models; empty where nobody has calibrated them.
    ///
    /// Throws `Failure(.missingModel)` if it is damaged.
    package init(of models: EmbeddedModels) throws {
        self.init()
        guard Folder.exists(models.calibrations) else { return }
        do {
            try self.init(contentsOf: models.calibrations)
        } catch var failure as Failure {
            failure.kind = .missingModel
            throw failure
        }
    }

    /// The calibration of a way for a feature extractor and a segmenter; nil if there is none.
    package func known(_ direction: MatchDirection, for models: [ModelIdentity]) -> ExistenceCalibration? {
        known(for: models).first { $0.direction == direction }
    }

    /// The calibrations for a feature extractor and a segmenter: all of the table that answers of these depend on.
    package func known(for models: [ModelIdentity]) -> [ExistenceCalibration] {
        calibrations.filter { $0.models == models.map(\.hash) }
    }

    /// Adds a calibration, in place of one for the same way and models.
    package mutating func add(_ calibration: ExistenceCalibration) {
        calibrations.removeAll { ($0.direction, $0.models) == (calibration.direction, calibration.models) }
        calibrations.append(calibration)
    }

    /// Adds all calibrations of another table.
    package mutating func add(_ others: CalibrationTable) {
        for calibration in others.calibrations { add(calibration) }
    }
}

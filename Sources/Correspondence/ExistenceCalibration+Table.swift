// Written by `bsb evaluate existence --fit`; do not edit.

extension ExistenceCalibration {
    /// The calibrations that come with the package: one for each pair of models that was measured.
    public static let table: [ExistenceCalibration] = []
}

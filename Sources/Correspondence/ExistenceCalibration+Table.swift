// Written by `bsb evaluate existence --fit`; do not edit. The last entry:
// bsb evaluate existence --data labeled-meshes --split Training/split.csv --samples 204 --output existence --fit ExistenceCalibration+Table.swift

extension ExistenceCalibration {
    /// The calibrations that come with the package: one for each pair of models that was measured.
    public static let table: [ExistenceCalibration] = [
        ExistenceCalibration(
            models: [
                "d258e9446a5296e27e142005d18ce3801cf8b3664080a1c0cc438b80de9c667b",
                "7d582e583dfc64a66759fb7bf3291d341534c95a419ee604c93c91dc71994f42",
            ], weights: [-4.2097, 0.9752, 1.5283], clicks: 400)
    ]
}

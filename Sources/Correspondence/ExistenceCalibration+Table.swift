// Written by `bsb evaluate existence --fit`; do not edit. The last entry:
// bsb evaluate existence --data labeled-meshes --split Training/split.csv --samples 204 --output existence --fit ExistenceCalibration+Table.swift

extension ExistenceCalibration {
    /// The calibrations that come with the package: one for each pair of models that was measured.
    public static let table: [ExistenceCalibration] = [
        ExistenceCalibration(
            models: [
                "d258e9446a5296e27e142005d18ce3801cf8b3664080a1c0cc438b80de9c667b",
                "2e097c162cdbfe083879e87b5eabb3616ba7b4058c505671b85c2ed7f3744c16",
            ], weights: [-4.1584, 0.9468, 1.5202], clicks: 400)
    ]
}

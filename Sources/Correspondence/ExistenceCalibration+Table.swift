// Written by `bsb evaluate existence --fit`, `reverse --fit` and `library --fit`; do not edit. The last entry:
// bsb evaluate library shelf --data labeled-meshes --split Training/split.csv --subset train --searches 40 --seed 1 --output fit --fit ExistenceCalibration+Table.swift

extension ExistenceCalibration {
    /// The calibrations that come with the package: one for each way and each pair of models that was measured.
    package static let table: [ExistenceCalibration] = [
        ExistenceCalibration(
            .photoToShape,
            models: [
                "8d846cb8b80a81ea6c667b94c6719e490a25970554d657cfd2ed458e262bb6c6",
                "7d582e583dfc64a66759fb7bf3291d341534c95a419ee604c93c91dc71994f42",
            ], weights: [-2.1533, 0.8166, 3.2574], clicks: 400),
        ExistenceCalibration(
            .shapeToPhoto,
            models: [
                "8d846cb8b80a81ea6c667b94c6719e490a25970554d657cfd2ed458e262bb6c6",
                "7d582e583dfc64a66759fb7bf3291d341534c95a419ee604c93c91dc71994f42",
            ], weights: [-1.9098, 2.3227, 1.9108], clicks: 192),
        ExistenceCalibration(
            .photoToShape,
            models: [
                "86a793d33b015ff69306f78abc9c5bb8ab7934d737d176ca6d7cf4200aca0466",
                "7d582e583dfc64a66759fb7bf3291d341534c95a419ee604c93c91dc71994f42",
            ], weights: [-2.1109, 0.6224, 5.4988], clicks: 400),
        ExistenceCalibration(
            .photoToLibrary,
            models: [
                "86a793d33b015ff69306f78abc9c5bb8ab7934d737d176ca6d7cf4200aca0466",
                "7d582e583dfc64a66759fb7bf3291d341534c95a419ee604c93c91dc71994f42",
            ], weights: [-6.9821, 0.3026, 6.7185, 2.0139], clicks: 2200),
    ]
}

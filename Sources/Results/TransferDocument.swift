import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBImages
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// The result of carrying labels over, as `result.json` holds it and `bsb transfer --json` prints it.
package struct TransferDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// The parts, in the numbering of all label files.
    package var parts: [Part]
    /// The mean over the surface of the share that the winning label has.
    package var confidence: Double
    /// The labelled mesh.
    package var source: MeshDocument
    /// The mesh that got the labels.
    package var mesh: MeshDocument
    /// Every setting that decides the result.
    package var settings: Settings
    /// The feature extractor.
    package var models: [ModelIdentity]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// A part of the mesh.
    package struct Part: Sendable, Codable {
        /// Its name in the labels that were given.
        package var name: String
        /// Faces of the file that have it.
        package var faces: Int
        /// The share of the surface's area.
        package var fraction: Double
    }
}

/// The files that carrying labels over leaves behind.
package struct TransferOutputs: Outputs {
    private let outcome: LabelTransfer.Outcome
    private let bench: Workbench

    /// The files of an outcome.
    package init(_ outcome: LabelTransfer.Outcome, at bench: Workbench) {
        self.outcome = outcome
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        let (labels, mesh) = (outcome.carried.labels, outcome.target.mesh)
        folder.add("overview.png", try picture().pngData())
        folder.add("labels.json", try labels.jsonData())
        folder.add("face_labels.npy", NumPyArray(labels.perFace.map(Int32.init), shape: [labels.perFace.count]).encoded())
        folder.add(
            "vertex_labels.npy", NumPyArray(outcome.carried.perVertex.map(Int32.init), shape: [outcome.carried.perVertex.count]).encoded())
        folder.add("confidence.npy", NumPyArray(outcome.carried.confidence, shape: [outcome.carried.confidence.count]).encoded())
        let attributes = MeshAttributes(
            vertexColors: Self.colors(outcome.carried.perVertex), partOfFileFace: labels.perFace, partNames: labels.names)
        folder.add("map.ply", try mesh.plyData(attributes: attributes))
        folder.add("map.glb", try mesh.glbData(attributes: attributes))
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> TransferDocument {
        let (labels, target) = (outcome.carried.labels, outcome.target)
        return TransferDocument(
            parts: labels.names.enumerated().map { index, name in
                .init(
                    name: name, faces: labels.perFace.count { $0 == index },
                    fraction: target.share(of: outcome.carried.perVertex.map { $0 == index }))
            },
            confidence: zip(outcome.carried.confidence, target.areas).reduce(0) { $0 + Double($1.0) * $1.1 },
            source: MeshDocument(outcome.source), mesh: MeshDocument(target), settings: bench.settings, models: [bench.extractor.identity],
            timings: outcome.carried.timings, outputs: outputs)
    }

    /// #V: a colour for each label.
    private static func colors(_ labels: [Int]) -> [SIMD3<Float>] {
        labels.map { label in
            guard label >= 0 else { return Palette.rest }
            let color = ColorMap.categorical(label)
            return color.unit
        }
    }

    private func picture() throws -> Image {
        func sides(_ mesh: OpenMesh, _ labels: [Int]) throws -> [PictureSheet.Panel] {
            try MeshSides(mesh: mesh, segment: nil, marks: [], size: RasterSize(width: 300, height: 300), colors: Self.colors(labels))
                .images(parallelism: bench.parallelism).prefix(4).map { .init($0, "") }
        }
        let document = document([])
        let legend = Legend(
            entries: document.parts.enumerated().map { index, part in
                let share = String(format: "%.0f%%", 100 * part.fraction)
                return .init(color: ColorMap.categorical(index), text: "\(part.name): \(share) of the mesh")
            }, width: 1236)
        return PictureSheet(
            title: "The labels of one mesh on another", grade: .sure,
            subtitle: "Above the mesh that was labelled, below the one that got its labels.",
            rows: [
                try sides(outcome.source, outcome.sourceLabels), try sides(outcome.target, outcome.carried.perVertex),
                [.init(legend.image(), "")],
            ]
        ).image()
    }
}

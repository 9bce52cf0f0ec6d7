import Correspondence
import Foundation
import Images

/// The files that a match leaves behind.
public struct MatchOutputs: Sendable {
    private let outcome: MatchJob.Outcome
    private let bench: Workbench
    private let includeCandidates: Bool
    private let approximate: (alternatives: Alternatives, mesh: LiftedMesh)?

    /// The files of an outcome; `includeCandidates` lists all candidates in the result.
    public init(
        _ outcome: MatchJob.Outcome, at bench: Workbench, includeCandidates: Bool = false,
        approximate: (alternatives: Alternatives, mesh: LiftedMesh)? = nil
    ) {
        self.outcome = outcome
        self.bench = bench
        self.includeCandidates = includeCandidates
        self.approximate = approximate
    }

    /// Writes the files into a folder, if one is given, and returns the result.
    ///
    /// Everything is made before anything is written, and `result.json` is written last. Without a correspondence there is no part, so
    /// the files of the part are not written. Throws `Failure`.
    public func write(to path: String?) throws -> MatchDocument {
        guard let path else { return document([]) }
        var folder = OutputFolder()
        let (overview, others) = try pictureAndFiles()
        // Little effort to compress: several times as quick for a few more bytes.
        folder.add("overview.png", try overview.pngData(compression: 1))
        for (name, data) in others.files { folder.add(name, data) }
        if let approximate {
            try AlternativesFiles(alternatives: approximate.alternatives, mesh: approximate.mesh)
                .add(to: &folder, parallelism: bench.parallelism)
        }
        let document = document(folder.names + ["result.json"])
        folder.add("result.json", try JSONText.data(document))
        try folder.write(to: path)
        return document
    }

    /// The picture's panels and the other files are made side by side, in one loop: loops within loops get no threads of their own.
    private func pictureAndFiles() throws -> (Image, OutputFolder) {
        let overview = Overview(outcome, parallelism: bench.parallelism)
        let painter = overview.panelPainter()
        let made = try bench.parallelism.map(1 + Overview.panelCount) { index -> (panel: Image?, files: OutputFolder?) in
            index == 0 ? (nil, try maskAndPartFiles()) : (try painter(index - 1), nil)
        }
        return (overview.image(of: made.compactMap(\.panel)), made[0].files ?? OutputFolder())
    }

    private func maskAndPartFiles() throws -> OutputFolder {
        var folder = OutputFolder()
        folder.add("object_mask.png", try outcome.objectMask.pngData())
        folder.add("part_mask.png", try outcome.partMask.pngData())
        if let segment = outcome.segment { try PartFiles(segment, of: outcome.mesh.mesh).add(to: &folder) }
        return folder
    }

    private func document(_ outputs: [String]) -> MatchDocument {
        var document = MatchDocument(outcome, at: bench, includeCandidates: includeCandidates, outputs: outputs)
        document.alternatives = approximate.map {
            AlternativesDocument($0.alternatives, temperature: SoftMatchingOptions().temperature, on: $0.mesh)
        }
        return document
    }
}

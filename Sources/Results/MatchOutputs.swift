import BSBAnswering
import BSBImages
import BSBWorkbench
import Foundation

/// The files that the answer to a click leaves behind.
///
/// Without a correspondence there is no part, so the files of the part are not among them.
public struct MatchOutputs: Outputs {
    private let answer: Answer
    private let bench: Workbench
    private let includeCandidates: Bool
    private let alternatives: Alternatives?
    private let part: PartFiles?

    /// The files of an answer of a workbench; `includeCandidates` lists all candidates in the document.
    public init(_ answer: Answer, at bench: Workbench, includeCandidates: Bool = false) {
        self.init(answer, at: bench, includeCandidates: includeCandidates, alternatives: nil)
    }

    /// The files of an answer and of the other places that may be meant.
    package init(_ answer: Answer, at bench: Workbench, includeCandidates: Bool = false, alternatives: Alternatives?) {
        self.answer = answer
        self.bench = bench
        self.includeCandidates = includeCandidates
        self.alternatives = alternatives
        part = answer.segment.map { PartFiles($0, of: answer.mesh.mesh, method: answer.method) }
    }

    /// The document, which lists the files.
    public func document(_ outputs: [String]) -> MatchDocument {
        var document = MatchDocument(answer, part: part?.document, at: bench, includeCandidates: includeCandidates, outputs: outputs)
        document.alternatives = alternatives.map { AlternativesDocument($0, of: answer) }
        return document
    }

    /// Adds the picture, the masks, and the part as meshes and arrays.
    ///
    /// The picture's panels and the other files are made side by side, in one loop: loops within loops get no threads of their own. Throws
    /// `Failure` if one cannot be made.
    public func add(to folder: inout OutputFolder) throws {
        let overview = Overview(answer, part: part?.document)
        let painter = overview.panelPainter()
        let empty = folder.empty
        let made = try bench.parallelism.map(1 + Overview.panelCount) { index -> (panel: Image?, files: OutputFolder?) in
            index == 0 ? (nil, try maskAndPartFiles(empty)) : (try painter(index - 1), nil)
        }
        folder.add("overview.png", try Self.picture(overview, made.compactMap(\.panel)))
        if let files = made[0].files { folder.add(files) }
        if let alternatives {
            try AlternativesFiles(alternatives: alternatives, mesh: answer.mesh).add(to: &folder, parallelism: bench.parallelism)
        }
    }

    /// Adds the part as arrays, and nothing else.
    package func addLabels(to folder: inout OutputFolder) {
        part?.addLabels(to: &folder)
    }

    /// `overview.png` alone.
    ///
    /// Throws `Failure` if it cannot be made.
    package func overview() throws -> Data {
        let overview = Overview(answer, part: part?.document)
        let painter = overview.panelPainter()
        return try Self.picture(overview, bench.parallelism.map(Overview.panelCount) { try painter($0) })
    }

    private static func picture(_ overview: Overview, _ panels: [Image]) throws -> Data {
        // Little effort to compress: several times as quick for a few more bytes.
        try overview.image(of: panels).pngData(compression: 1)
    }

    private func maskAndPartFiles(_ empty: OutputFolder) throws -> OutputFolder {
        var folder = empty
        folder.add("object_mask.png", try answer.masks.object.pngData())
        folder.add("part_mask.png", try answer.masks.part.pngData())
        try part?.add(to: &folder)
        return folder
    }
}

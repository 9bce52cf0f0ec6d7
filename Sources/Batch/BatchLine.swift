import BSBBasics
import BSBCorrespondence
import BSBResults
import BSBWorkbench
import Foundation

/// What is said about one row: an answer, or an error.
package struct BatchLine: Codable, Sendable {
    /// The row's id; absent for lines that have none of their own.
    package var id: String?
    /// The line of the manifest, from 1, where there is no id to tell it by.
    package var line: Int?
    /// As the command line ends: 0 found, 2 no correspondence, 64 and up an error.
    package var code: Int32
    /// What went wrong.
    package var error: String?
    /// The answer, where there is one.
    package var answer: BatchAnswer?
}

/// The answer to a row: what `result.json` says of it, less what is the same for all rows or differs from run to run.
package struct BatchAnswer: Codable, Sendable {
    /// Whether the mesh has the clicked part.
    package var found: Bool
    /// How sure that is.
    package var grade: Grade
    /// Why it is unsure, in sentences.
    package var doubts: [String]?
    /// Why not.
    package var reason: NoCorrespondence?
    /// The best segmentation buddy, in the mesh file's count.
    package var vertex: Int?
    /// Its position in the file's units.
    package var position: [Double]?
    /// The pixel [x, y] that it leads back to.
    package var pixel: [Int]?
    /// Whether that pixel is in the clicked part.
    package var qualifies: Bool?
    /// IoU of the mask segmented there with the clicked part.
    package var iou: Float?
    /// Cosine of the features of the click and the buddy.
    package var similarity: Float?
    /// The probability that the mesh has the part, where it is known.
    package var existence: Double?
    /// What said whether there is an answer.
    package var decidedBy: DecidedBy
    /// The part of the mesh.
    package var segment: PartDocument?
    /// The part's faces or vertices, where they were asked for.
    package var selection: [Int]?
    /// What looked odd about the inputs.
    package var warnings: [String]
    /// The files of the answer, relative to the output folder.
    package var outputs: [String]
}

extension BatchLine {
    /// The codes of lines as they are written.
    static func codes(_ lines: Data) -> [Int32] {
        lines.split(separator: UInt8(ascii: "\n")).map {
            (try? JSONDecoder().decode(BatchLine.self, from: $0).code) ?? Failure.Kind.internal.exitCode
        }
    }

    /// Whether a code is that of an answer, with a part or without, and not of an error.
    static func isAnswer(_ code: Int32) -> Bool { code == 0 || code == 2 }

    /// The line of an answer.
    init(_ row: BatchRow, _ document: MatchDocument, selection: [Int]?, outputs: [String]) {
        self.init(
            id: row.id, code: document.found ? 0 : 2,
            answer: BatchAnswer(
                found: document.found, grade: document.grade, doubts: document.doubts, reason: document.reason, vertex: document.vertex,
                position: document.position, pixel: document.pixel, qualifies: document.qualifies, iou: document.iou,
                similarity: document.similarity, existence: document.existence, decidedBy: document.decidedBy,
                segment: document.segment, selection: selection, warnings: document.warnings, outputs: outputs))
    }

    /// The line of a row that failed.
    init(_ row: BatchRow, _ error: any Error) {
        let failure = error as? Failure ?? Failure(.internal, "answering", reason: "\(error)")
        self.init(id: row.id, code: failure.kind.exitCode, error: failure.description)
    }

    /// The line about what is no row.
    package init(_ unusable: UnusableLine) {
        self.init(
            id: unusable.id, line: unusable.id == nil ? unusable.line : nil, code: Failure.Kind.badInput.exitCode,
            error: "reading line \(unusable.line) of the manifest: \(unusable.reason)".printable())
    }
}

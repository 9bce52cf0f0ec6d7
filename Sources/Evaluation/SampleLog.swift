import BSBBasics
import BSBWorkbench
import Foundation

/// A line of a log: what came of one click.
package protocol LoggedRecord: Codable, Sendable {
    /// Its place in the log.
    var sample: Int { get }
    /// The photo that it is of; photos are finished as a whole.
    var photo: Int { get }
}

extension SampleRecord: LoggedRecord {}

/// The folder of an evaluation: `run.json` says what is measured, `samples.jsonl` holds a line for each finished sample.
///
/// An evaluation that was cut short goes on where it was: finished samples are kept. A folder of another evaluation is refused.
struct SampleLog<Record: LoggedRecord> {
    let folder: String
    private(set) var records: [Record]
    private var file: String { "\(folder)/samples.jsonl" }

    /// Opens or starts the log of the evaluation that `description` tells apart from all others.
    init(folder: String, description: some Encodable) throws {
        self.folder = folder
        let (runFile, text) = ("\(folder)/run.json", try JSONText.data(description))
        if FileManager.default.fileExists(atPath: runFile) {
            guard try AtomicFile.readFile(runFile, operation: "resuming the evaluation") == text else {
                throw Failure(
                    .usage, "resuming the evaluation", path: folder,
                    reason: "the folder holds an evaluation with other settings, data or models",
                    hint: "choose another folder")
            }
        } else {
            try AtomicFile.write(text, to: runFile, operation: "starting the evaluation")
        }
        records = []
        guard FileManager.default.fileExists(atPath: file) else { return }
        let lines = String(decoding: try AtomicFile.readFile(file, operation: "resuming the evaluation"), as: UTF8.self)
        records = Self.intact(lines.split(separator: "\n"))
    }

    /// The samples of the lines before the first damaged one, without those of a photo that the damage may have cut short.
    private static func intact(_ lines: [Substring]) -> [Record] {
        let decoder = JSONDecoder()
        var records: [Record] = []
        for line in lines {
            guard let record = try? decoder.decode(Record.self, from: Data(line.utf8)) else {
                let damaged = records.last?.photo
                return records.filter { $0.photo != damaged }
            }
            records.append(record)
        }
        return records
    }

    /// Adds samples and puts all on disk, in order.
    mutating func add(_ new: [Record]) throws {
        records = (records + new).sorted { $0.sample < $1.sample }
        let lines = try records.map { String(decoding: try JSONText.data($0, pretty: false), as: UTF8.self) + "\n" }
        try AtomicFile.write(lines.joined(), to: file, operation: "writing samples")
    }
}

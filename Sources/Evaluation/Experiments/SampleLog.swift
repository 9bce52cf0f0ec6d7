import BSBBackbones
import BSBBasics
import BSBWorkbench
import Foundation

/// The folder of a measurement: `run.json` says what is measured, `samples.jsonl` holds a line for each record.
///
/// A folder of another measurement is refused.
struct SampleLog<Record: LoggedRecord> {
    private(set) var records: [Record]
    private let file: String

    /// Opens or starts the log of the measurement that `description` tells apart from all others.
    ///
    /// - Parameter unit: what a record is part of; of a unit that was cut short nothing is kept.
    init(folder: String, description: some Encodable, unit: (Record) -> AnyHashable) throws {
        let (runFile, text) = ("\(folder)/run.json", try JSONText.data(description))
        if Folder.exists(runFile) {
            guard try AtomicFile.readFile(runFile, operation: "resuming the evaluation") == text else {
                throw Failure(
                    .usage, "resuming the evaluation", path: folder,
                    reason: "the folder holds an evaluation with other settings, data or models",
                    hint: "choose another folder")
            }
        } else {
            try AtomicFile.write(text, to: runFile, operation: "starting the evaluation")
        }
        file = "\(folder)/samples.jsonl"
        records = try Self.records(of: file, unit: unit)
    }

    /// The records of a finished run of the models `models`.
    ///
    /// Throws `Failure` if there are none, or they are of other models.
    static func records(in folder: String, of models: [ModelIdentity]) throws -> [Record] {
        let operation = "reading records of another run"
        guard try JSONFile.decode(KnownModels.self, from: "\(folder)/run.json", operation: operation).models == models else {
            throw Failure(.badInput, operation, path: folder, reason: "it was made with other models")
        }
        let records = try records(of: "\(folder)/samples.jsonl") { $0.sample }
        guard !records.isEmpty else { throw Failure(.badInput, operation, path: folder, reason: "there are no samples in it") }
        return records
    }

    /// The records of the lines before the first damaged one, without those of a unit that the damage may have cut short.
    private static func records(of file: String, unit: (Record) -> AnyHashable) throws -> [Record] {
        guard Folder.exists(file) else { return [] }
        let lines = String(decoding: try AtomicFile.readFile(file, operation: "resuming the evaluation"), as: UTF8.self)
        let decoder = JSONDecoder()
        var records: [Record] = []
        for line in lines.split(separator: "\n") {
            guard let record = try? decoder.decode(Record.self, from: Data(line.utf8)) else {
                let damaged = records.last.map(unit)
                return records.filter { unit($0) != damaged }
            }
            records.append(record)
        }
        return records
    }

    /// Adds records and puts all on disk, in order.
    mutating func add(_ new: [Record]) throws {
        records = (records + new).sorted { $0.sample < $1.sample }
        let lines = try records.map { String(decoding: try JSONText.line($0), as: UTF8.self) }
        try AtomicFile.write(lines.joined(), to: file, operation: "writing samples")
    }
}

/// The models that `run.json` names.
private struct KnownModels: Decodable {
    var models: [ModelIdentity]
}

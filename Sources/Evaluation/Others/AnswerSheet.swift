import BSBBackbones
import BSBBasics
import BSBWorkbench
import Foundation

/// Answers of any method to the questions of a run, as lines of JSON: `{"sample": 7, "vertex": 1204}`.
///
/// A line names a sample of `samples.jsonl` and a `vertex` or a `face` of its target, or neither where the method has no answer; and a
/// `method`, where the name of the file is not the name of the method. Every sample has a line.
package struct AnswerSheet: Sendable {
    /// One line.
    private struct Line: Decodable, Sendable {
        var sample: Int
        var method: String?
        var vertex: Int?
        var face: Int?
    }

    private let path: String
    /// By method, by sample: the number of the line, and what it says.
    private let answers: [String: [Int: (line: Int, given: Line)]]

    /// Reads a file.
    ///
    /// Throws `Failure` for the first line that is no answer, or a second answer to the same question.
    package init(contentsOf path: String) throws {
        let operation = "reading the answers"
        let text = String(decoding: try AtomicFile.readFile(path, operation: operation), as: UTF8.self)
        let usual = Folder.stem(String(path.split(separator: "/").last ?? ""))
        let decoder = JSONDecoder()
        var answers: [String: [Int: (line: Int, given: Line)]] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            func failure(_ reason: String) -> Failure {
                Failure(
                    .badInput, operation, path: path, reason: "line \(index + 1) \(reason)",
                    hint: #"a line is {"sample": 7, "vertex": 1204}, or "face" in place of "vertex", or neither for no answer"#)
            }
            guard let given = try? decoder.decode(Line.self, from: Data(line.utf8)) else { throw failure("is no answer") }
            guard given.vertex == nil || given.face == nil else { throw failure("has a vertex and a face") }
            let method = given.method ?? usual
            guard Method(rawValue: method) == nil else { throw failure("is of '\(method)', which is the name of a method of bsb") }
            guard answers[method, default: [:]].updateValue((index + 1, given), forKey: given.sample) == nil else {
                throw failure("answers sample \(given.sample) of '\(method)' once more")
            }
        }
        guard !answers.isEmpty else { throw Failure(.badInput, operation, path: path, reason: "there are no answers") }
        (self.path, self.answers) = (path, answers)
    }

    /// Adds the answers to records, judged by the labels of `target`.
    ///
    /// Throws `Failure` if a record has no line, or a line names what the target does not have.
    func judge(_ records: inout [SampleRecord], on target: EvaluationShape) throws {
        for (method, given) in answers {
            for index in records.indices {
                guard let (line, answer) = given[records[index].sample] else {
                    throw Failure(
                        .badInput, "judging the answers", path: path,
                        reason: "there is no line of '\(method)' for sample \(records[index].sample)",
                        hint: "where the method has no answer, a line with the sample alone says so")
                }
                let part = try part(answer, line, of: target)
                records[index].answers[method] = SampleRecord.Answer(
                    vertex: answer.vertex, face: answer.face, part: part, correct: part == records[index].click.part)
            }
        }
    }

    private func part(_ answer: Line, _ line: Int, of target: EvaluationShape) throws -> String? {
        func check(_ number: Int, _ what: String, _ count: Int) throws {
            guard (0..<count).contains(number) else {
                throw Failure(
                    .badInput, "judging the answers", path: path,
                    reason: "line \(line) has \(what) \(number), and \(target.entry.name) has \(count), from 0")
            }
        }
        if let vertex = answer.vertex {
            try check(vertex, "vertex", target.partOfVertex.count)
            return target.part(of: vertex)
        }
        guard let face = answer.face else { return nil }
        try check(face, "face", target.partOfFace.count)
        return target.part(ofFace: face)
    }
}

/// A folder with questions: that of `bsb evaluate`, with the answers of its methods, or of `bsb evaluate questions`.
package struct QuestionFolder: Sendable {
    /// The models of its answers.
    package let models: [ModelIdentity]
    /// The settings of its answers.
    package let settings: Settings
    private let options: EvaluationOptions
    private let records: [SampleRecord]
    private let path: String

    /// What is read of `run.json`.
    private struct Run: Decodable {
        var analysis: String
        var models: [ModelIdentity]
        var settings: Settings
        var options = EvaluationOptions()

        private enum Key: String, CodingKey {
            case analysis, models, settings, choices
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            analysis = try container.decode(String.self, forKey: .analysis)
            models = try container.decode([ModelIdentity].self, forKey: .models)
            settings = try container.decode(Settings.self, forKey: .settings)
            if analysis == PhotoEvaluator.name {
                options.protocolKind = .photos
                return
            }
            var choices = try container.nestedUnkeyedContainer(forKey: .choices)
            options = try choices.decode(EvaluationOptions.self)
        }
    }

    /// Reads a folder.
    ///
    /// Throws `Failure` if it holds no questions.
    package init(contentsOf path: String) throws {
        let operation = "reading the questions"
        let run = try JSONFile.decode(Run.self, from: "\(path)/run.json", operation: operation)
        guard [Evaluator.name, PhotoEvaluator.name, QuestionExport.name].contains(run.analysis) else {
            throw Failure(
                .badInput, operation, path: path, reason: "it is a folder of 'bsb evaluate \(run.analysis)'",
                hint: "name one of 'bsb evaluate', 'evaluate photos' or 'evaluate questions'")
        }
        records = try SampleLog<SampleRecord>.records(in: path, of: run.models)
        (models, settings, options, self.path) = (run.models, run.settings, run.options, path)
    }

    /// The records with the answers of all sheets, and the shapes that could not be used; their questions do not count.
    ///
    /// Throws `Failure` if an answer is missing or impossible, or a target is not among the shapes.
    package func judged(by sheets: [AnswerSheet], on ground: Subjects) throws -> Measured<SampleRecord> {
        let skips = SkippedShapes()
        let entries = Dictionary(ground.entries.map { ($0.name, $0) }) { first, _ in first }
        var judged: [SampleRecord] = []
        for (name, group) in records.grouped(by: \.target) {
            guard let entry = entries[name] else {
                throw Failure(
                    .usage, "judging the answers", path: path, reason: "its questions are about \(name), which is not among the shapes",
                    hint: "give the data, split and categories that the questions were made with")
            }
            guard let shape = try skips.using(entry, { try ground.shape(entry) }) else { continue }
            var group = group
            for sheet in sheets { try sheet.judge(&group, on: shape) }
            judged += group
        }
        return Measured(records: judged.sorted { $0.sample < $1.sample }, skipped: skips.rows())
    }

    /// The scores of all methods.
    package func summary(of records: [SampleRecord]) -> Summary {
        var options = options
        if options.protocolKind == .photos { options.samples = records.count }
        return Summary(of: records, options: options)
    }
}

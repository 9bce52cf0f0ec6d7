import Answering
import Basics
import Foundation
import Results
import Workbench

/// What the command line writes: results to standard output, everything else to standard error.
enum Terminal {
    /// Writes a result and a line end to standard output.
    static func result(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Writes a value as JSON with sorted keys to standard output.
    static func result(json value: some Encodable) throws {
        result(String(decoding: try JSONText.data(value), as: UTF8.self))
    }

    /// Writes a value as one line of JSON with sorted keys to standard output.
    static func result(line value: some Encodable) throws {
        result(String(decoding: try JSONText.data(value, pretty: false), as: UTF8.self))
    }

    /// Writes a line to standard error.
    static func message(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Shows how far a stage is: rewritten in place on a terminal, a line at its start and end elsewhere.
    static func progressReporter() -> @Sendable (ProgressUpdate) -> Void {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let meter = ProgressMeter()
        return { update in
            if isTerminal {
                meter.show(update) { FileHandle.standardError.write(Data($0.utf8)) }
            } else if update.done == 0 || update.done == update.total {
                message("\(update.stage): \(update.done) of \(update.total)")
            }
        }
    }
}

/// Keeps a progress line from being written more often than a person can see.
private final class ProgressMeter: @unchecked Sendable {
    private let lock = NSLock()
    private var last = Date.distantPast
    private var started = Date()
    private var stage = ""

    func show(_ update: ProgressUpdate, write: (String) -> Void) {
        lock.lock()
        defer { lock.unlock() }
        if update.stage != stage { (stage, started, last) = (update.stage, Date(), .distantPast) }
        let isEnd = update.done == update.total
        guard isEnd || Date().timeIntervalSince(last) > 0.1 else { return }
        last = Date()
        let elapsed = Date().timeIntervalSince(started)
        let left =
            update.done > 0 && !isEnd
            ? String(format: ", %.0f s left", elapsed / Double(update.done) * Double(update.total - update.done)) : ""
        write("\r\u{1B}[K\(update.stage): \(update.done) of \(update.total)\(left)" + (isEnd ? "\n" : ""))
    }
}

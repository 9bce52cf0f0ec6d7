import BSBBasics
import BSBWorkbench
import Foundation

/// What the command line writes: results to standard output, everything else to standard error.
enum Terminal {
    /// Makes sure that no file which is opened later takes the place of a stream that the caller closed.
    static func holdStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // Open for reading, so that writing still fails.
            if open("/dev/null", O_RDONLY) != descriptor { return }
        }
    }

    /// Writes a result and a line end to standard output; control characters are escaped.
    static func result(_ text: String) {
        write(text.printable(keepsLines: true) + "\n")
    }

    /// Writes a value as JSON with sorted keys to standard output.
    static func result(json value: some Encodable) throws {
        write(String(decoding: try JSONText.data(value), as: UTF8.self) + "\n")
    }

    /// Writes a value as one line of JSON with sorted keys to standard output.
    static func result(line value: some Encodable) throws {
        write(String(decoding: try JSONText.data(value, pretty: false), as: UTF8.self) + "\n")
    }

    /// Writes a line to standard error; nothing can be said where that fails.
    static func message(_ text: String) {
        _ = write(text.printable() + "\n", to: STDERR_FILENO)
    }

    /// Writes to standard output, or ends: quietly where nobody reads any more, with a line where it is full or closed.
    private static func write(_ text: String) {
        let code = write(text, to: STDOUT_FILENO)
        guard code != 0 else { return }
        if code == EPIPE { exit(128 + SIGPIPE) }
        let failure = Failure(.internal, "writing to standard output", reason: String(cString: strerror(code)))
        message("bsb: \(failure)")
        exit(failure.kind.exitCode)
    }

    /// Writes all of a text; the system's error code, 0 for none.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
            if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR && errno != EAGAIN { return errno }
        }
        return 0
    }

    /// Shows how far a stage is: rewritten in place on a terminal, a line at its start and end elsewhere.
    static func progressReporter() -> @Sendable (ProgressUpdate) -> Void {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let meter = ProgressMeter()
        return { update in
            if isTerminal {
                meter.show(update) { _ = write($0, to: STDERR_FILENO) }
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

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

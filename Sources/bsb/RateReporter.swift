import BSBBasics
import BSBWorkbench
import Foundation

/// Says now and then on standard error how much is done, how quickly, and how long the rest will take.
final class RateReporter: Sendable {
    private let name: String
    private let unit: String
    private let last = Guarded(0.0)
    /// Seconds between two lines.
    private static let pause = 5.0

    /// A reporter of the command `name` that counts things called `unit`.
    init(_ name: String, of unit: String) { (self.name, self.unit) = (name, unit) }

    /// Tells how far the work is, if a line is due.
    func tell(_ headway: Headway) {
        let (done, total, seconds) = (headway.done, headway.total, headway.seconds)
        let isDue = last.withLock { last in
            guard done == total || seconds - last >= Self.pause else { return false }
            last = seconds
            return true
        }
        guard isDue, seconds > 0 else { return }
        let rate = Double(done) / seconds
        let failures = headway.failed > 0 ? ", \(headway.failed) cannot be used" : ""
        Terminal.message(
            String(format: "\(name): %d of %d \(unit), %.1f a second, %.0f s left", done, total, rate, Double(total - done) / rate)
                + failures)
    }
}

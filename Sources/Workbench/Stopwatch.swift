import Dispatch

/// Measures stages of a job in seconds.
package struct Stopwatch {
    /// Seconds by stage.
    package private(set) var seconds: [String: Double] = [:]

    /// Nothing measured yet.
    package init() {}

    /// Runs `body` and adds its time to that of `stage`.
    package mutating func measure<T>(_ stage: String, _ body: () throws -> T) rethrows -> T {
        let start = DispatchTime.now().uptimeNanoseconds
        defer { seconds[stage, default: 0] += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
        return try body()
    }
}

import Dispatch

/// Measures stages of a job in seconds.
struct Stopwatch {
    private(set) var seconds: [String: Double] = [:]

    /// Runs `body` and adds its time to that of `stage`.
    mutating func measure<T>(_ stage: String, _ body: () throws -> T) rethrows -> T {
        let start = DispatchTime.now().uptimeNanoseconds
        defer { seconds[stage, default: 0] += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
        return try body()
    }
}

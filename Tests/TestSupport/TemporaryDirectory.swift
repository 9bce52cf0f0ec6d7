import Foundation

/// A path at which nothing is yet, for one test that clears up after itself.
public func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("bsb-tests-\(UUID().uuidString)").path
}

/// Calls `body` with a directory of its own, which is removed afterwards.
public func withTemporaryDirectory<T>(_ body: (String) throws -> T) throws -> T {
    let path = temporaryPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

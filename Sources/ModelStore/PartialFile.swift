import BSBBasics
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A file that grows with what a server sends, over any number of connections.
///
/// Used by one connection at a time, whose calls come one after the other.
final class PartialFile: @unchecked Sendable {
    private let path: String
    private let address: String
    private let handle: FileHandle
    private let expected: Int64?
    private var announced: Int64?
    private let progress: @Sendable (Int64, Int64?) -> Void
    /// Bytes that are in the file.
    private(set) var count: Int64

    init(_ path: String, expected: Int64?, address: String, progress: @escaping @Sendable (Int64, Int64?) -> Void) throws {
        (self.path, self.expected, self.address, self.progress) = (path, expected, address, progress)
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        guard let handle = FileHandle(forUpdatingAtPath: path), let end = try? handle.seekToEnd() else {
            throw Failure(.internal, Downloader.operation, path: path, reason: "the file cannot be made")
        }
        self.handle = handle
        count = Int64(end)
        if let expected, count > expected { try restart() }
    }

    deinit { try? handle.close() }

    /// Takes the head of an answer with a body: the rest of the file, or all of it.
    func begin(_ response: HTTPURLResponse) throws {
        if response.value(forHTTPHeaderField: "Content-Type")?.hasPrefix("text/html") == true {
            throw Failure(
                .badInput, Downloader.operation, path: address, reason: "the server sends a web page in place of the file",
                hint: "a network that asks for a login may be in between")
        }
        let length = response.value(forHTTPHeaderField: "Content-Length").flatMap { Int64($0) }
        if response.statusCode == 206 {
            let range = response.value(forHTTPHeaderField: "Content-Range").flatMap(Self.range)
            guard let range, range.start == count else {
                try restart()
                throw HTTPTransfer.Interruption(reason: "the server sends another part of the file than was asked for")
            }
            announced = range.total ?? length.map { count + $0 }
        } else {
            try restart()
            announced = length
        }
        if let expected, let announced, announced != expected {
            throw Failure(
                .badInput, Downloader.operation, path: address, reason: "the server has \(announced) bytes, but the file has \(expected)",
                hint: "it is another file than is known by this name")
        }
        try checkSpace()
        progress(count, expected ?? announced)
    }

    /// Adds a piece of the body.
    func append(_ data: Data) throws {
        if let limit = expected ?? announced, count + Int64(data.count) > limit {
            throw Failure(
                .badInput, Downloader.operation, path: address, reason: "the server sends more than the \(limit) bytes of the file")
        }
        do { try handle.write(contentsOf: data) } catch {
            throw Failure(
                .internal, Downloader.operation, path: path, reason: "it cannot be written: \(error.localizedDescription)",
                hint: "is the disk full?")
        }
        count += Int64(data.count)
        progress(count, expected ?? announced)
    }

    /// Throws an interruption if the end is missing; otherwise the bytes are put on disk.
    func checkComplete() throws {
        if let whole = expected ?? announced, count < whole {
            throw HTTPTransfer.Interruption(reason: "the connection ended after \(count) of \(whole) bytes")
        }
        try? handle.synchronize()
    }

    /// Throws away what is there.
    func restart() throws {
        do {
            try handle.truncate(atOffset: 0)
            try handle.seek(toOffset: 0)
        } catch { throw Failure(.internal, Downloader.operation, path: path, reason: "it cannot be written") }
        count = 0
    }

    private func checkSpace() throws {
        guard let whole = expected ?? announced else { return }
        let folder = (path as NSString).deletingLastPathComponent
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: folder))?[.systemFreeSize] as? NSNumber
        guard let free = free?.int64Value, free < whole - count else { return }
        throw Failure(
            .internal, Downloader.operation, path: folder,
            reason: "the disk has \(byteText(free)) left, but \(byteText(whole - count)) are to come")
    }

    /// `bytes 10-19/20` as (10, 20).
    private static func range(_ text: String) -> (start: Int64, total: Int64?)? {
        let parts = text.replacingOccurrences(of: "bytes", with: "").trimmingCharacters(in: .whitespaces).split(separator: "/")
        guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ Int64($0) }) else { return nil }
        return (start, Int64(parts[1]))
    }
}

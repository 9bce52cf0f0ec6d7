import BSBBasics
import Foundation

/// A repository of the hub as its tools keep it on disk.
///
/// `models--owner--name/` holds `blobs/` (contents, named by their tag), `snapshots/COMMIT/path` (links to them) and `refs/BRANCH` (commits),
/// so that a model which another program fetched is found, and the other way round.
struct HubRepository {
    let environment: HubEnvironment
    let name: String
    /// A branch or a commit.
    let revision: String

    private var folderName: String { "models--" + name.split(separator: "/").joined(separator: "--") }
    var folder: String { "\(environment.cache)/\(folderName)" }
    var blobs: String { "\(folder)/blobs" }

    /// Where a file is fetched from.
    func address(of path: String) -> String {
        let parts = [name, "resolve", revision, path].map { $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? $0 }
        return "\(environment.endpoint)/\(parts.joined(separator: "/"))"
    }

    /// The commit that the revision stands for here, if any is.
    var commit: String? {
        if Self.isCommit(revision) { return revision }
        let reference = try? String(contentsOfFile: "\(folder)/refs/\(revision)", encoding: .utf8)
        return reference?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Where a file of a commit is.
    func snapshot(_ path: String, commit: String) -> String { "\(folder)/snapshots/\(commit)/\(path)" }

    /// A file that is here.
    func file(_ path: String) -> String? {
        guard let commit else { return nil }
        let place = snapshot(path, commit: commit)
        return FileManager.default.fileExists(atPath: place) ? place : nil
    }

    /// The lock of a content, in the place where the hub's tools lock.
    func lock(tag: String) -> String { "\(environment.cache)/.locks/\(folderName)/\(tag).lock" }

    /// Makes a content that is in `blobs` a file of a commit, and the commit that of the revision.
    func link(_ path: String, tag: String, commit: String) throws {
        let place = snapshot(path, commit: commit)
        let up = String(repeating: "../", count: path.split(separator: "/").count + 1)
        try attempt(place) {
            try FileManager.default.createDirectory(
                atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            // The link takes its name by a rename, so that the name is never without a file.
            let temporary = "\(place).\(ProcessInfo.processInfo.processIdentifier).link"
            try? FileManager.default.removeItem(atPath: temporary)
            try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "\(up)blobs/\(tag)")
            if rename(temporary, place) != 0 { throw CocoaError(.fileWriteUnknown) }
        }
        if !Self.isCommit(revision) {
            try AtomicFile.write(commit, to: "\(folder)/refs/\(revision)", operation: "keeping the model")
        }
    }

    /// Removes a file of the revision's commit, and its content unless another commit has it too.
    func remove(_ path: String) throws {
        guard let place = file(path) else { return }
        let content = URL(fileURLWithPath: place).resolvingSymlinksInPath().path
        try attempt(place) { try FileManager.default.removeItem(atPath: place) }
        let links = FileManager.default.enumerator(atPath: "\(folder)/snapshots")?.compactMap { $0 as? String } ?? []
        let isShared = links.contains {
            URL(fileURLWithPath: "\(folder)/snapshots/\($0)").resolvingSymlinksInPath().path == content
        }
        if !isShared, content != place { try attempt(content) { try FileManager.default.removeItem(atPath: content) } }
    }

    private func attempt(_ path: String, _ body: () throws -> Void) throws {
        do { try body() } catch {
            throw Failure(.internal, "keeping the model", path: path, reason: "it cannot be written: \(error.localizedDescription)")
        }
    }

    static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40 && text.allSatisfy { "0123456789abcdef".contains($0) }
    }
}

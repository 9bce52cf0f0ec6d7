import BSBAnswering
import BSBBasics
import BSBResults
import BSBWorkbench
import Dispatch
import Foundation

/// What is kept of the answers to a manifest beside their lines.
package enum BatchFiles: String, Sendable, CaseIterable {
    /// Nothing.
    case nothing = "none"
    /// The part as arrays: for each vertex and face whether it is in it, and the probability of each vertex.
    case labels
    /// All that `bsb match` writes.
    case all
}

/// Which indices of the part go into a line.
package enum BatchSelection: String, Sendable, CaseIterable {
    /// None.
    case nothing = "none"
    /// Those of the file's vertices.
    case vertices
    /// Those of the file's faces.
    case faces
}

/// Answers rows one at a time, from any thread.
package struct BatchAnswering: Sendable {
    /// How answers are given.
    package struct Options: Sendable {
        /// Where the files of answers go.
        package var output: String?
        /// What is kept of an answer.
        package var files = BatchFiles.nothing
        /// Which indices go into a line.
        package var selection = BatchSelection.nothing
        /// The most seconds for a row, its mesh and photo included; none if absent.
        package var limit: Double?

        /// Lines alone.
        package init() {}
    }

    let bench: Workbench
    let folder: String
    let options: Options
    private let photos: BoundedMemory

    /// The most bytes of what models see that are kept for each mesh in work, once more for what they see of photos, and once more for the
    /// pictures themselves: rows come mesh by mesh, so that what was seen of a mesh is of no use after them.
    private static let kept = 64 << 20

    /// What gives answers at a workbench, with paths relative to `folder`.
    package init(at bench: Workbench, folder: String, options: Options) {
        var bench = bench
        bench.memory = BoundedMemory(limit: min(bench.memory.limit, Self.kept * (1 + bench.parallelism.threads)))
        self.bench = bench
        self.folder = folder
        self.options = options
        photos = BoundedMemory(limit: Self.kept)
    }

    /// The folder of a row's files, relative to the output.
    static func place(_ row: BatchRow) -> String { "answers/\(row.id)" }

    /// Answers a row about a mesh that `open` opens or has open.
    ///
    /// Throws `Failure` for inputs that cannot be used, and if the time is up.
    func answer(_ row: BatchRow, open: (Workbench) throws -> OpenMesh) throws -> BatchLine {
        let cancellation = Cancellation()
        let alarm = DispatchWorkItem { cancellation.cancel() }
        if let limit = options.limit { DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: alarm) }
        defer { alarm.cancel() }
        let settings = row.options?.applied(to: bench.settings) ?? bench.settings
        let bench = bench.asking(settings, progress: { _ in }, cancellation: cancellation)
        do {
            let photo = try photo(resolved(row.photo), cancellation)
            let click = try row.click.click(folder: folder, called: "the row", in: nil)
            // The click before the mesh: it fails fast.
            _ = try photo.masks(of: click, at: bench)
            let mesh = try open(bench)
            return try line(row, bench.answer(click, in: photo, on: mesh), bench)
        } catch is CancellationError {
            throw Failure(
                .badInput, "answering", path: row.mesh, reason: "it took longer than \(options.limit ?? 0) s",
                hint: "give a longer --row-limit")
        }
    }

    /// The path that a row means.
    func resolved(_ path: String) -> String { Folder.place(path, in: folder) }

    private func photo(_ path: String, _ cancellation: Cancellation) throws -> OpenPhoto {
        try photos.value(path, cancellation: cancellation, bytes: { $0.image.pixels.count }) { try OpenPhoto(contentsOf: path) }
    }

    private func line(_ row: BatchRow, _ answer: Answer, _ bench: Workbench) throws -> BatchLine {
        let outputs = MatchOutputs(answer, at: bench)
        var selection: [Int]?
        if options.selection != .nothing, let segment = answer.segment {
            let labels = options.selection == .faces ? segment.fileFaceLabels(answer.mesh.mesh) : segment.vertexLabels
            selection = labels.indices.filter { labels[$0] }
        }
        var folder = OutputFolder()
        var document = outputs.document()
        switch options.files {
        case .nothing: break
        case .labels: outputs.addLabels(to: &folder)
        case .all: (document, folder) = try outputs.files()
        }
        if let output = options.output, !folder.files.isEmpty { try folder.write(to: "\(output)/\(Self.place(row))") }
        return BatchLine(
            row, document, selection: selection, outputs: options.output == nil ? [] : folder.names.map { "\(Self.place(row))/\($0)" })
    }
}

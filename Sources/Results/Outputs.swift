import BSBWorkbench
import Foundation

/// What an answer becomes outside this program: a document, and files.
public protocol Outputs: Sendable {
    /// The document's type.
    associatedtype Document: Codable & Sendable

    /// The name of the document's file, `result.json` unless it is said.
    static var documentName: String { get }

    /// The document, which lists the names of the files written.
    func document(_ outputs: [String]) -> Document

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    func add(to folder: inout OutputFolder) throws
}

extension Outputs {
    /// `result.json`.
    public static var documentName: String { "result.json" }

    /// The document of an answer without files.
    public func document() -> Document { document([]) }

    /// All files in memory, the document's last.
    ///
    /// Throws `Failure` if one cannot be made.
    public func files() throws -> (document: Document, files: OutputFolder) {
        try files(for: nil)
    }

    private func files(for destination: String?) throws -> (document: Document, files: OutputFolder) {
        var folder = OutputFolder(for: destination)
        try add(to: &folder)
        let document = document(folder.names + [Self.documentName])
        folder.add(Self.documentName, try JSONText.data(document))
        return (document, folder)
    }

    /// Writes the files into a folder, if one is given, and returns the document.
    ///
    /// Everything is made before anything has its name, and the document is written last. Throws `Failure`.
    public func write(to path: String?) throws -> Document {
        guard let path else { return document() }
        let made = try files(for: path)
        try made.files.write(to: path)
        return made.document
    }
}

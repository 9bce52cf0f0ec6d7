import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// The result of a search, as `result.json` holds it and `bsb library search --json` prints it.
package struct SearchDocument: Codable, Sendable {
    /// The version of this schema.
    package var schema = 1
    /// The library's folder.
    package var library: String
    /// The photo, as it was named.
    package var image: String
    /// The clicked pixel [x, y].
    package var click: [Int]
    /// Why nothing was compared, if so.
    package var reason: NoCorrespondence?
    /// Meshes in the library that can be searched.
    package var meshes: Int
    /// Meshes that the second stage looked at.
    package var compared: Int
    /// Of those, how many have the part.
    package var found: Int
    /// What said so.
    package var decidedBy: DecidedBy
    /// The best meshes, best first.
    package var results: [Result]
    /// Meshes whose features could not be read, and why.
    package var refused: [Refused]
    /// The models that were used.
    package var models: [ModelIdentity]
    /// Seconds by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// A mesh of the library.
    package struct Result: Codable, Sendable {
        /// Its place, from 1.
        package var rank: Int
        /// What the library calls it.
        package var id: String
        /// Its file.
        package var path: String
        /// How sure it is that the mesh has the part.
        package var grade: Grade
        /// The probability, where it is known for the models.
        package var existence: Double?
        /// Cosine of the click and the most similar vertex.
        package var similarity: Double
        /// How similar the whole object is to the mesh.
        package var objectSimilarity: Double
        /// The share of candidates that lead back into the part.
        package var qualifyingShare: Double
        /// The best segmentation buddy, in the file's count.
        package var vertex: Int?
        /// The part, where files were asked for.
        package var part: PartDocument?
        /// The folder of the part's arrays, relative to the output.
        package var folder: String?
        /// Why there is no part, if the file could not be used.
        package var error: String?
    }

    /// A mesh that could not be searched.
    package struct Refused: Codable, Sendable {
        /// Its file.
        package var path: String
        /// Why.
        package var reason: String
    }
}

/// What a search leaves behind: a contact sheet, the part of each mesh as arrays, and the document.
package struct SearchOutputs: Sendable {
    private let outcome: LibrarySearch.Outcome
    private let search: LibrarySearch
    private let library: String
    private let bench: Workbench
    private let top: Int

    /// The outputs of a search in the library's folder `library` of which `top` meshes are told.
    package init(_ outcome: LibrarySearch.Outcome, of search: LibrarySearch, library: String, top: Int, at bench: Workbench) {
        (self.outcome, self.search, self.library, self.top, self.bench) = (outcome, search, library, top, bench)
    }

    /// Writes the files into a folder, if one is given, and returns the document.
    ///
    /// Throws `Failure` if one cannot be made or written.
    package func write(to path: String?) throws -> SearchDocument {
        var document = document
        guard let path else { return document }
        var folder = OutputFolder()
        var items: [ContactSheet.Item] = []
        // One mesh after another: each takes all threads for its views.
        for (place, hit) in outcome.hits.prefix(top).enumerated() where hit.grade != .none {
            do {
                let part = try search.part(of: hit)
                try add(part, of: hit, &document.results[place], &folder, &items)
            } catch let failure as Failure where failure.kind != .missingModel {
                document.results[place].error = "\(failure)"
            }
        }
        let title = document.found == 0 ? "No mesh has this part" : "\(document.found) of \(document.compared) meshes have this part"
        let subtitle = "The best \(items.count) of \(document.meshes) meshes; the percentage says how likely a mesh has it."
        let sheet = ContactSheet(outcome.photo.image, click: outcome.click.pixel, masks: outcome.masks, items: items)
        folder.add("overview.png", try sheet.image(title: title, subtitle: subtitle, at: bench).pngData())
        document.outputs = folder.names + ["result.json"]
        folder.add("result.json", try JSONText.data(document))
        try folder.write(to: path)
        return document
    }

    private func add(
        _ part: LibrarySearch.Part, of hit: LibrarySearch.Hit, _ result: inout SearchDocument.Result, _ folder: inout OutputFolder,
        _ items: inout [ContactSheet.Item]
    ) throws {
        let likely = hit.existence.map { String(format: ", %.0f %%", min(100 * $0, 99)) } ?? ""
        items.append(
            .init(
                mesh: part.mesh, segment: part.segment, vertex: result.vertex, caption: "\(result.rank). \(hit.entry.name)\(likely)"))
        guard let segment = part.segment else { return }
        let files = PartFiles(segment, of: part.mesh.mesh, method: part.method)
        var own = OutputFolder()
        files.addLabels(to: &own)
        let place = "meshes/\(hit.entry.id)"
        for (name, data) in own.files { folder.add("\(place)/\(name)", data) }
        (result.part, result.folder) = (files.document, place)
    }

    private var document: SearchDocument {
        SearchDocument(
            library: library, image: outcome.photo.path, click: [outcome.click.pixel.x, outcome.click.pixel.y], reason: outcome.reason,
            meshes: outcome.meshes, compared: outcome.hits.count, found: outcome.hits.count { $0.grade == .sure },
            decidedBy: LibraryScore(of: bench).isKnown ? .calibration : .rule,
            results: outcome.hits.prefix(top).enumerated().map { place, hit in
                .init(
                    rank: place + 1, id: hit.entry.id, path: hit.entry.path, grade: hit.grade, existence: hit.existence,
                    similarity: hit.evidence.similarity, objectSimilarity: hit.evidence.objectSimilarity,
                    qualifyingShare: hit.evidence.qualifyingShare, vertex: hit.correspondence?.buddy?.vertex)
            }, refused: outcome.refusals.map { .init(path: $0.entry.path, reason: $0.reason) }, models: bench.models,
            timings: outcome.timings, outputs: [])
    }
}

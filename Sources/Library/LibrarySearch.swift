import BSBAnswering
import BSBBasics
import BSBCorrespondence
import BSBInteractiveSegmentation
import BSBLinearAlgebra
import BSBShapes
import BSBWorkbench
import Foundation

/// Finds the meshes of a library that have what was clicked in a photo.
///
/// 1. The click is compared with the regions of all meshes (``DescriptorIndex``).
/// 2. It is compared with every kept vertex of the best of them; what that says is their score.
/// 3. The best are matched, to know where the part is. Nothing is segmented again for that: it would take longer than all else.
package struct LibrarySearch: Sendable {
    /// What a search goes by.
    package struct Options: Sendable {
        /// The meshes that are told, at most.
        package var top = 12
        /// The meshes that the second stage looks at.
        package var candidates = 300
        /// The least probability of the part being there for a mesh to have it.
        package var minimumExistence = 0.5
        /// Whether every mesh takes part in the first stage, also where the database has an index of vectors.
        package var scansAll = false

        /// The usual search.
        package init() {}
    }

    /// A mesh in the order of the search.
    package struct Hit: Sendable {
        /// The mesh.
        package var entry: LibraryEntry
        /// What speaks for it.
        package var evidence: ExistenceEvidence
        /// The probability that it has the part, where that is known for the models.
        package var existence: Double?
        /// How sure that is.
        package var grade: Grade
        /// The match, in the vertices of the file; for the best meshes alone.
        package var correspondence: Correspondence?
    }

    /// A mesh that could not be searched.
    package struct Refusal: Sendable {
        /// The mesh.
        package var entry: LibraryEntry
        /// Why.
        package var reason: String
    }

    /// What a search found.
    package struct Outcome: Sendable {
        /// The photo.
        package var photo: OpenPhoto
        /// The click.
        package var click: Click
        /// The click's object and part.
        package var masks: ClickMasks
        /// Why nothing was compared, if so.
        package var reason: NoCorrespondence?
        /// Meshes in the library that can be searched.
        package var meshes: Int
        /// The meshes of the second stage, best first.
        package var hits: [Hit]
        /// Meshes whose features could not be read.
        package var refusals: [Refusal]
        /// Seconds by stage.
        package var timings: [String: Double]
    }

    private let library: MeshLibrary
    private let bench: Workbench
    /// The descriptors of all meshes; nil where the database's index of vectors says which meshes to compare.
    private let all: DescriptorIndex?
    private let searchable: Int
    private let score: LibraryScore
    private let options: Options

    /// A search in a library, whose descriptors are read now.
    ///
    /// Throws `Failure` if there is nothing to be searched, or the workbench sees meshes otherwise than the library's were seen.
    package init(in library: MeshLibrary, options: Options = Options(), score: LibraryScore? = nil, at bench: Workbench) throws {
        (self.library, self.options) = (library, options)
        var bench = try library.adapted(bench)
        // Whether a mesh has the part is said by the library's score.
        bench.settings.matching.minimumExistence = 0
        self.bench = bench
        self.score = score ?? LibraryScore(of: bench)
        // Of no query the index knows how many meshes there are.
        let indexed = try options.scansAll ? nil : library.catalogue.neighbours(of: [])
        let all = try indexed == nil ? DescriptorIndex(library) : nil
        (self.all, searchable) = (all, indexed?.searchable ?? all?.entries.count ?? 0)
    }

    /// The meshes that can be searched, in order; only where all take part in the first stage.
    package var entries: [LibraryEntry] { all?.entries ?? [] }

    /// Searches for what a click means.
    ///
    /// Throws `Failure` for a click that cannot be used and if a model cannot be run.
    package func run(_ click: Click, in photo: OpenPhoto) throws -> Outcome {
        var watch = Stopwatch()
        let (masks, probe) = try watch.measure("photo") {
            let masks = try photo.masks(of: click, at: bench)
            return (masks, try photo.probe(click, masks: masks, at: bench))
        }
        var outcome = Outcome(
            photo: photo, click: click, masks: masks, reason: probe.reason, meshes: searchable, hits: [], refusals: [],
            timings: [:])
        guard outcome.reason == nil else { return outcome }
        let chosen = try watch.measure("first stage") { try candidates(for: probe) }
        watch.measure("second stage") { (outcome.hits, outcome.refusals) = ranked(chosen, by: probe) }
        try watch.measure("matching") { try match(&outcome, probe) }
        outcome.timings = watch.seconds
        return outcome
    }

    /// What is asked of meshes about a click in a photo.
    ///
    /// Throws as ``run(_:in:)``.
    package func probe(_ click: Click, in photo: OpenPhoto) throws -> ClickProbe {
        try photo.probe(click, masks: photo.masks(of: click, at: bench), at: bench)
    }

    /// The meshes for the second stage, best first by the first.
    ///
    /// Throws `Failure` if the database cannot be asked.
    package func candidates(for probe: ClickProbe) throws -> [LibraryEntry] {
        let index = try index(for: probe)
        let scores = index.evidence(for: probe, parallelism: bench.parallelism).map(score.rank)
        let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
        return order.prefix(options.candidates).map { index.entries[$0] }
    }

    /// The meshes that take part in the first stage: all, or those that the database's index finds by the click and by its object.
    private func index(for probe: ClickProbe) throws -> DescriptorIndex {
        if let all { return all }
        let queries = Matrix(rows: 2, columns: probe.query.count, values: probe.query + probe.object.columnMeans()).withNormalizedRows()
        let near = try library.catalogue.neighbours(of: (0..<queries.rows).map { Array(queries.row($0)) })
        return DescriptorIndex(near?.entries ?? [], near?.descriptors ?? [:])
    }

    /// For each mesh of ``entries`` the cosine of its whole with that of the clicked object.
    package func wholeSimilarities(to probe: ClickProbe) -> [Float] {
        all?.wholeSimilarities(to: probe.object.columnMeans()) ?? []
    }

    /// Meshes in the order of their scores, ties in that of their paths, and those that could not be read.
    package func ranked(_ entries: [LibraryEntry], by probe: ClickProbe) -> ([Hit], [Refusal]) {
        let found = bench.parallelism.map(entries.count) { index -> Result<Hit, Failure> in
            do throws(Failure) {
                return .success(try hit(entries[index], probe))
            } catch {
                return .failure(error)
            }
        }
        var (hits, refusals): ([Hit], [Refusal]) = ([], [])
        for (entry, result) in zip(entries, found) {
            switch result {
            case .success(let hit): hits.append(hit)
            case .failure(let failure): refusals.append(Refusal(entry: entry, reason: "\(failure)"))
            }
        }
        hits.sort { (score.rank($0.evidence), $1.entry.path) > (score.rank($1.evidence), $0.entry.path) }
        return (hits, refusals.sorted { $0.entry.path < $1.entry.path })
    }

    private func hit(_ entry: LibraryEntry, _ probe: ClickProbe) throws(Failure) -> Hit {
        let evidence: ExistenceEvidence?
        do {
            evidence = probe.evidence(on: try library.features(of: entry).surface())
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.internal, "searching", path: entry.path, reason: "\(error)")
        }
        guard let evidence else { throw Failure(.badInput, "searching", path: entry.path, reason: "its features cannot be compared") }
        let existence = score.probability(evidence)
        return Hit(entry: entry, evidence: evidence, existence: existence, grade: grade(existence, evidence))
    }

    /// Sure from the probability that is asked for, unsure down to a fifth of it; where none is known, sure if a vertex leads back.
    private func grade(_ existence: Double?, _ evidence: ExistenceEvidence) -> Grade {
        guard let existence else { return evidence.qualifyingShare > 0 ? .unsure : .none }
        return existence >= options.minimumExistence ? .sure : existence >= options.minimumExistence / 5 ? .unsure : .none
    }

    /// Matches the best meshes, side by side.
    private func match(_ outcome: inout Outcome, _ probe: ClickProbe) throws {
        let matcher = bench.matcher(bench.matching, asking: outcome.photo.segmenter(at: bench))
        let entries = outcome.hits.prefix(options.top).map(\.entry)
        let found = try bench.parallelism.map(entries.count) { index throws -> Correspondence in
            let features = try library.features(of: entries[index])
            let inRows = try matcher.match(probe.photo, to: features.surface(), segmentsAgain: false)
            let inFile = { (candidate: Candidate) in
                var candidate = candidate
                candidate.vertex = Int(features.vertices[candidate.vertex])
                return candidate
            }
            var found = inRows
            (found.buddy, found.candidates) = (inRows.buddy.map(inFile), inRows.candidates.map(inFile))
            return found
        }
        for (place, correspondence) in found.enumerated() { outcome.hits[place].correspondence = correspondence }
    }
}

extension LibrarySearch {
    /// The mesh of a hit and its part, found in the mesh's file around the vertex that the match gave.
    package struct Part: Sendable {
        /// The mesh.
        package var mesh: OpenMesh
        /// The part, if a view shows it.
        package var segment: SurfaceSegment?
        /// How it was found.
        package var method: SurfaceMethod
    }

    /// Opens the file of a hit and finds the part.
    ///
    /// Throws `Failure` if the file is gone, has changed since it was added, or a model cannot be run.
    package func part(of hit: Hit) throws -> Part {
        let mesh = try OpenMesh(contentsOf: hit.entry.path, at: bench)
        guard mesh.hash == hit.entry.hash else {
            throw hit.entry.hasChanged("opening a mesh of the library")
        }
        let finder = try mesh.partFinder(at: bench)
        let seen = try hit.correspondence?.nearest(among: mesh.scene.mesh.vertices) { try finder.visiblePart(around: $0) }
        return Part(mesh: mesh, segment: seen?.found.segment, method: finder.method)
    }
}

extension OpenPhoto {
    /// What is asked of meshes about a click, whose masks are at hand.
    ///
    /// Throws `Failure` if a model cannot be run.
    func probe(_ click: Click, masks: ClickMasks, at bench: Workbench) throws -> ClickProbe {
        ClickProbe(try clicked(click, masks: masks, at: bench), options: bench.matching.options)
    }
}

import BSBCorrespondence
import BSBLibrary
import BSBWorkbench

/// What searches in a library give, by each way of ranking, where it is known which meshes are right.
struct LibraryJudge: Sendable {
    let search: LibrarySearch

    /// A judge of a library's searches.
    init(_ library: MeshLibrary, candidates: Int, at bench: Workbench) throws {
        var options = LibrarySearch.Options()
        (options.candidates, options.scansAll) = (candidates, true)
        search = try LibrarySearch(in: library, options: options, at: bench)
    }

    /// What one search gave.
    ///
    /// - Parameters:
    ///   - photographed: the hash of the mesh in the picture, which does not count.
    ///   - isKnown: whether it is known of a mesh what it is.
    ///   - has: whether a mesh is right; asked of those that are known.
    /// - Throws: `Failure` if the database cannot be asked.
    /// - Complexity: that of a search, and of comparing every mesh that is known.
    func record(
        _ sample: Int, shape: String, part: String, _ probe: ClickProbe, except photographed: String?, isKnown: (LibraryEntry) -> Bool,
        has: (LibraryEntry) -> Bool
    ) throws -> LibraryRecord {
        let start = ContinuousClock.now
        let ranked = try search.ranked(search.candidates(for: probe), by: probe).0
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let judged = search.entries.filter { (photographed == nil || $0.hash != photographed) && isKnown($0) }
        let paths = Set(judged.map(\.path))
        let right = Set(judged.filter(has).map(\.path))
        let whole = zip(search.entries, search.wholeSimilarities(to: probe)).filter { paths.contains($0.0.path) }
            .sorted { ($0.1, $1.0.path) > ($1.1, $0.0.path) }.map(\.0)
        let exhaustive = search.ranked(judged, by: probe).0
        let others = ranked.filter { photographed == nil || $0.entry.hash != photographed }
        let byVertex = exhaustive.sorted { ($0.evidence.similarity, $1.entry.path) > ($1.evidence.similarity, $0.entry.path) }
        let orders: [(LibraryEvaluator.Way, [LibraryEntry])] = [
            (.search, others.map(\.entry).filter { paths.contains($0.path) }), (.exhaustive, exhaustive.map(\.entry)),
            (.unlabelled, others.map(\.entry)), (.whole, whole), (.vertex, byVertex.map(\.entry)),
        ]
        let found = others.filter { $0.grade == .sure && paths.contains($0.entry.path) }
        return LibraryRecord(
            sample: sample, photo: sample, shape: shape, part: part, judged: judged.count, relevant: right.count,
            hits: Dictionary(
                uniqueKeysWithValues: orders.map { way, order in
                    (way.rawValue, order.prefix(LibraryEvaluator.depth).count { right.contains($0.path) })
                }),
            found: found.count, right: found.count { right.contains($0.entry.path) }, seconds: SampleJudge.rounded(seconds),
            evidence: exhaustive.map { hit in
                let seen = hit.evidence.rounded
                return [seen.qualifyingShare, seen.similarity, seen.objectSimilarity, right.contains(hit.entry.path) ? 1 : 0]
            })
    }
}

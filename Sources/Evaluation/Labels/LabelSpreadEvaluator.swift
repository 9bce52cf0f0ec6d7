import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBDistillation
import BSBLibrary
import BSBLinearAlgebra
import BSBWorkbench

/// What one shape got from labelled ones of its category: one line of `samples.jsonl`.
package struct LabelSpreadRecord: Sendable, Hashable, Codable, LoggedRecord {
    /// The number of the shape.
    package var sample: Int
    /// The category.
    package var category: String
    /// The shape that got the labels.
    package var target: String
    /// The labelled shapes, in the order in which they are used.
    package var sources: [String]
    /// For each part of the shape, by way and number of labelled shapes, the area-weighted IoU of what got its name with it.
    package var scores: [String: [String: Double]]
}

/// Measures how well labels spread: from a few labelled shapes of each category to all others.
///
/// Labels are carried by the features of the models as `bsb transfer` does it, and by the nearest vertex under the same features or under what
/// geometry alone says (``FormDescriptor``); all ways ask the same labelled vertices.
package struct LabelSpreadEvaluator: LabelledExperiment {
    package static let name = "labels"
    package static let stage = "Carrying labels over"

    /// How labels are carried.
    package enum Way: String, Sendable, CaseIterable, Codable {
        /// The votes of labelled vertices, smoothed over the surface.
        case votes
        /// The label of the most similar vertex.
        case nearest
        /// The label of the vertex nearest in ``FormDescriptor/place``.
        case place
        /// The label of the vertex nearest in ``FormDescriptor/form``.
        case form
    }

    /// How much is measured, and how.
    package struct Options: Sendable, Hashable, Codable {
        /// How many labelled shapes are used; the most of them are set apart in each category, so that all are measured on the same others.
        package var sources = [1, 3]
        /// The seed of the labelled shapes.
        package var seed: UInt64 = 0
        /// Whether the noun in a file's name is its category, and not its folder.
        package var groupsByNoun = false

        /// The usual options.
        package init() {}
    }

    package let ground: Subjects
    let options: Options
    /// The entries of a library by the hashes of their files, and the library.
    private let kept: (library: MeshLibrary, entries: [String: LibraryEntry])?

    /// A measurement on shapes; features are those that a library keeps, where it has a shape.
    ///
    /// Throws `Failure` if the library's features are not of these models.
    package init(_ ground: Subjects, options: Options, library: MeshLibrary? = nil) throws {
        var ground = ground
        kept = try library.map { library in
            ground.bench = try library.adapted(ground.bench)
            let ready = try library.catalogue.entries().filter { $0.state == .ready }
            return (library, Dictionary(ready.compactMap { entry in entry.hash.map { ($0, entry) } }) { first, _ in first })
        }
        (self.ground, self.options) = (ground, options)
    }

    package var models: [ModelIdentity] { [bench.extractor.identity] }
    package var choices: [any Encodable & Sendable] { [options, kept != nil] }

    /// The shapes of each category but for the labelled ones, by number.
    ///
    /// Throws `Failure` if no category has enough shapes.
    package func jobs(skipping skips: SkippedShapes) throws -> [Job<Int, LabelSpreadRecord>] {
        let most = options.sources.max() ?? 1
        let groups = ground.entries.grouped { options.groupsByNoun ? KindTable.noun(of: $0.id) ?? $0.category : $0.category }
        var number = 0
        let jobs = groups.enumerated().compactMap { place, group -> Job<Int, LabelSpreadRecord>? in
            var shapes = group.members.sorted()
            guard shapes.count > most else { return nil }
            var generator = SeededGenerator(seed: options.seed ^ 0x1AB_E15, stream: UInt64(place))
            let sources = (0..<most).map { _ in shapes.remove(at: generator.index(below: shapes.count)) }
            let (targets, first) = (shapes, number)
            number += targets.count
            return Job(Array(first..<number)) { left in
                try records(of: left.map { ($0, targets[$0 - first]) }, in: group.name, labelled: sources, skipping: skips)
            }
        }
        guard !jobs.isEmpty else {
            throw Failure(.usage, "choosing shapes", reason: "no category has more than \(most) shapes")
        }
        return jobs
    }

    /// What all ways give on shapes.
    private func records(
        of targets: [(number: Int, entry: ShapeEntry)], in category: String, labelled entries: [ShapeEntry], skipping skips: SkippedShapes
    ) throws -> [LabelSpreadRecord] {
        let sources = try entries.compactMap { entry in try skips.using(entry) { try labelled(entry) } }
        guard sources.count == entries.count else { return [] }
        let askers = try options.sources.map { try Asker(Array(sources.prefix($0)), at: bench) }
        return try targets.compactMap { number, entry in
            guard let shape = try skips.using(entry, { try ground.shape(entry) }) else { return nil }
            try takeKept(shape.opened)
            var scores: [String: [String: Double]] = [:]
            for (count, asker) in zip(options.sources, askers) {
                for (way, names) in try asker.names(for: shape.opened) { scores["\(way.rawValue)-\(count)"] = Self.scores(names, shape) }
            }
            return LabelSpreadRecord(sample: number, category: category, target: entry.name, sources: entries.map(\.name), scores: scores)
        }
    }

    private func labelled(_ entry: ShapeEntry) throws -> LabelTransfer.Source {
        let shape = try ground.data.shape(entry)
        let opened = try shape.opened(bench.settings)
        try takeKept(opened)
        return (opened, shape.labels)
    }

    /// Takes what the library keeps of a mesh, at the nearest vertex that it keeps, for the features of all its vertices.
    private func takeKept(_ mesh: OpenMesh) throws {
        guard let kept, let entry = kept.entries[mesh.hash] else { return }
        let features = try kept.library.features(of: entry)
        guard features.vertices.allSatisfy({ Int($0) < mesh.mesh.vertices.count }) else { return }
        let tree = NearestPoint(features.vertices.map { mesh.mesh.vertices[Int($0)] })
        try mesh.remember(features.values().gatheringRows(mesh.mesh.vertices.map { tree.nearest(to: $0) ?? 0 }), at: bench)
    }

    /// For each part that the shape has the IoU of the surface that got its name with it.
    private static func scores(_ names: [String?], _ shape: EvaluationShape) -> [String: Double] {
        var (both, either): ([String: Double], [String: Double]) = ([:], [:])
        for vertex in names.indices {
            guard let truth = shape.part(of: vertex) else { continue }
            let area = shape.areas[vertex]
            either[truth, default: 0] += area
            both[truth, default: 0] += names[vertex] == truth ? area : 0
            if let name = names[vertex], name != truth { either[name, default: 0] += area }
        }
        let parts = Set(shape.partOfVertex.filter { $0 >= 0 }.map { shape.partNames[$0] })
        return Dictionary(
            uniqueKeysWithValues: parts.map { part in
                let union = either[part] ?? 0
                return (part, SampleJudge.rounded(union > 0 ? (both[part] ?? 0) / union : 0))
            })
    }
}

/// Labelled shapes that give any other names for its vertices, by all ways.
private struct Asker {
    private let bench: Workbench
    private let voters: LabelTransfer.Voters
    private let directions: Matrix
    private let forms: [FormDescriptor: StandardizedRows]

    init(_ sources: [LabelTransfer.Source], at bench: Workbench) throws {
        self.bench = bench
        let voters = try LabelTransfer.Voters(sources, at: bench)
        directions = voters.features.withNormalizedRows()
        self.voters = voters
        var forms: [FormDescriptor: StandardizedRows] = [:]
        for form in FormDescriptor.allCases {
            let found = voters.vertices.map { form.values(of: $0.mesh, parallelism: bench.parallelism).gatheringRows($0.vertices) }
            forms[form] = StandardizedRows(
                Matrix(rows: voters.labels.count, columns: found[0].columns, values: found.flatMap(\.values)))
        }
        self.forms = forms
    }

    /// For each way a name for each vertex.
    func names(for target: OpenMesh) throws -> [(LabelSpreadEvaluator.Way, [String?])] {
        let vertices = Array(target.referenced.indices)
        let features = try target.features(at: bench).values(at: vertices).withNormalizedRows()
        func name(_ rows: [Int]) -> [String?] { rows.map { voters.names[voters.labels[$0]] } }
        func nearest(_ form: FormDescriptor) -> [String?] {
            let known = forms[form]!
            return name(
                known.known.mostSimilarRows(
                    to: known.queries(form.values(of: target, parallelism: bench.parallelism)), parallelism: bench.parallelism))
        }
        return [
            (.votes, try LabelTransfer(at: bench).run(voters, to: target).names),
            (.nearest, name(directions.mostSimilarRows(to: features, parallelism: bench.parallelism))), (.place, nearest(.place)),
            (.form, nearest(.form)),
        ]
    }
}

/// Rows whose columns are brought to mean 0 and deviation 1, set up so that the largest inner product is that of the nearest row.
private struct StandardizedRows {
    /// n x (d + 1).
    let known: Matrix
    private let means: [Float]
    private let scales: [Float]

    init(_ rows: Matrix) {
        let means = rows.columnMeans()
        let scales = (0..<rows.columns).map { column -> Float in
            let sum = (0..<rows.rows).reduce(Float(0)) { $0 + (rows[$1, column] - means[column]) * (rows[$1, column] - means[column]) }
            return 1 / max((sum / Float(max(1, rows.rows))).squareRoot(), 1e-6)
        }
        (self.means, self.scales) = (means, scales)
        known = Matrix(
            rows: rows.rows, columns: rows.columns + 1,
            values: (0..<rows.rows).flatMap { row -> [Float] in
                let values = Self.standardized(rows.row(row), means, scales)
                return values + [-values.reduce(0) { $0 + $1 * $1 } / 2]
            })
    }

    /// m x (d + 1), to be multiplied with ``known``.
    func queries(_ rows: Matrix) -> Matrix {
        Matrix(
            rows: rows.rows, columns: rows.columns + 1,
            values: (0..<rows.rows).flatMap { Self.standardized(rows.row($0), means, scales) + [1] })
    }

    private static func standardized(_ row: ArraySlice<Float>, _ means: [Float], _ scales: [Float]) -> [Float] {
        row.enumerated().map { ($1 - means[$0]) * scales[$0] }
    }
}

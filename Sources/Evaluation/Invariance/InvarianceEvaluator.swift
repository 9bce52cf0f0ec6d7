import BSBImages
import BSBWorkbench

/// What one click gave on a mesh and on the same mesh changed.
package struct InvarianceRecord: Sendable, Hashable, Codable, PhotoRecord {
    /// Its place in the log.
    package var sample: Int
    /// The number of the photo.
    package var photo: Int
    /// The shape.
    package var shape: String
    /// The part that was clicked.
    package var clicked: String
    /// The part of the answer on the mesh as it is; absent without an answer.
    package var part: String?
    /// The answers on the changed meshes, by ``MeshChange``.
    package var changes: [String: Change]

    /// An answer on a changed mesh.
    package struct Change: Sendable, Hashable, Codable {
        /// Its part.
        package var part: String?
        /// How far it is, changed back, from the answer on the mesh as it is, in radii of the mesh; absent if either has no answer.
        package var distance: Double?
    }
}

/// Measures whether answers stay where they are when the mesh is moved, turned, remeshed or roughened.
package struct InvarianceEvaluator: ClickExperiment {
    package static let name = "invariance"
    package static let stage = "Changing meshes"

    package let evaluator: Evaluator
    private let changes: [MeshChange]

    /// An analysis on the clicks of `evaluator`, whose protocol is `same`.
    package init(_ evaluator: Evaluator, changes: [MeshChange] = MeshChange.allCases) {
        self.evaluator = evaluator
        self.changes = changes
    }

    package var choices: [any Encodable & Sendable] { [evaluator.options, changes] }

    /// A changed mesh, ready for clicks.
    fileprivate struct Changed: Sendable {
        var change: MeshChange
        var target: EvaluationShape
        /// What asks about it: other views may be looked at.
        var bench: Workbench
        var back: @Sendable (SIMD3<Float>) -> SIMD3<Float>
    }

    /// A shape as it is and changed.
    struct Prepared: Sendable {
        fileprivate var shape: LabelledShape
        fileprivate var target: EvaluationShape
        fileprivate var changed: [Changed]
    }

    func prepared(_ entry: ShapeEntry) throws -> Prepared {
        let labelled = try ground.data.shape(entry)
        let changed = try changes.map { change in
            let (shape, back) = change.applied(to: labelled, seed: evaluator.options.seed)
            var bench = bench
            if change == .otherViews { bench.settings.seed &+= 1 }
            let target = try EvaluationShape(shape, settings: bench.settings).prepared(segments: false, at: bench)
            return Changed(change: change, target: target, bench: bench.singleThreaded, back: back)
        }
        return Prepared(shape: labelled, target: try ground.target(entry, segments: false), changed: changed)
    }

    func records(of taken: TakenPhoto, on mesh: Prepared) throws -> [InvarianceRecord] {
        let opened = OpenPhoto(taken.photo.image, name: taken.source.entry.name)
        let (worker, radius) = (bench.singleThreaded, MeshChange.extent(of: mesh.shape.mesh).radius)
        return try taken.clicks.enumerated().map { index, click in
            let before = try Self.answer(click, opened, mesh.target, worker)
            let start = before.map { mesh.shape.mesh.vertices[$0] }
            var record = InvarianceRecord(
                sample: taken.firstSample + index, photo: taken.number, shape: opened.path, clicked: click.part,
                part: before.flatMap { mesh.target.part(of: $0) }, changes: [:])
            for item in mesh.changed {
                let after = try Self.answer(click, opened, item.target, item.bench)
                let end = after.map { item.back(item.target.opened.mesh.vertices[$0]) }
                var distance: Double?
                if let start, let end {
                    distance = SampleJudge.rounded(Double((((end - start) * (end - start)).sum().squareRoot()) / radius))
                }
                record.changes[item.change.rawValue] = InvarianceRecord.Change(
                    part: after.flatMap { item.target.part(of: $0) }, distance: distance)
            }
            return record
        }
    }

    private static func answer(_ click: LabelledClick, _ photo: OpenPhoto, _ target: EvaluationShape, _ bench: Workbench) throws -> Int? {
        try bench.answer(Click(click.pixel), in: photo, on: target.opened, wantsPart: false).correspondence.buddy?.vertex
    }
}

extension InvarianceEvaluator {
    /// `invariance.json`: how often answers stay where they are, of so many `clicks`, of which so many were `answered` on the mesh as it is.
    ///
    /// For the mesh as it is (`unchanged`) and for each of the `changes` the share of clicks that are answered with the clicked part (`right`); for
    /// each change also of those that have the same part for an answer, or none, before and after (`samePart`), and of those with answers before
    /// and after whose answers are within a tenth of the mesh's radius of each other (`near`).
    package func summary(of records: [InvarianceRecord]) -> Summary {
        let names = MeshChange.allCases.map(\.rawValue).filter { name in records.contains { $0.changes[name] != nil } }
        let changes = names.map { name in
            Facts(
                ["name": name], of: records, by: \.photo,
                [
                    "right": { record in record.changes[name].map { $0.part == record.clicked ? 1 : 0 } },
                    "samePart": { record in record.changes[name].map { $0.part == record.part ? 1 : 0 } },
                    "near": { $0.changes[name]?.distance.map { $0 <= 0.1 ? 1 : 0 } },
                ])
        }
        let unchanged = Facts(["name": "as it is"], of: records, by: \.photo, ["right": { $0.part == $0.clicked ? 1 : 0 }])
        func counted(_ key: String, _ heading: String) -> Column {
            Column(heading) { row in row[key].map { "\($0.cell) (n = \($0.n))" } ?? "-" }
        }
        let answered = records.count { $0.part != nil }
        let columns: [Column] = [
            .name("name", "the mesh"), counted("right", "right"), counted("samePart", "same part"), counted("near", "within 0.1 radii"),
        ]
        return Summary(
            schema: 1, ["clicks": records.count, "answered": answered, "unchanged": unchanged, "changes": changes],
            "\(records.count) clicks, \(answered) with an answer", Markdown.table(columns, [unchanged] + changes))
    }
}

import BSBBasics
import BSBCorrespondence
import BSBInteractiveSegmentation
import BSBLinearAlgebra
import BSBShapes
import BSBWorkbench
import Foundation

/// Carries the labels of one mesh over to another of its kind, vertex by vertex: by what looks alike, and smoothly over the surface.
///
/// Each vertex of the target asks the source's labelled vertices; a vote counts exp(cosine / 0.03) times the area of its vertex. The shares of
/// the labels are then settled over the surface, so that borders are where votes change and not where one vertex errs.
package struct LabelTransfer: Sendable {
    /// What was carried over.
    package struct Outcome: Sendable {
        /// The labelled mesh.
        package var source: OpenMesh
        /// #V of the source: an index into the names, -1 where there is none.
        package var sourceLabels: [Int]
        /// The mesh that got the labels.
        package var target: OpenMesh
        /// The labels that it got.
        package var carried: Carried
    }

    /// Cosines are compared over this.
    package static let temperature: Float = 0.03
    /// Vertices of the source that vote, at most.
    package static let voters = 4000
    /// How strongly neighbours are kept alike.
    private static let strength = 1.0
    private static let block = 512

    /// A mesh whose file faces have labels; faces without one do not vote.
    package typealias Source = (mesh: OpenMesh, labels: ShapeLabels)

    /// The labels that a mesh got from any number of others.
    package struct Carried: Sendable {
        /// A label for each of the target's file faces; its names are those of the sources, in the order in which they first come.
        package var labels: ShapeLabels
        /// #V of the target: an index into the names, -1 for vertices of no face.
        package var perVertex: [Int]
        /// #V: the share of the winning label.
        package var confidence: [Float]
        /// Seconds by stage.
        package var timings: [String: Double]

        /// #V of the target: the names; nil for vertices of no face.
        package var names: [String?] { perVertex.map { $0 < 0 ? nil : labels.names[$0] } }
    }

    private let bench: Workbench

    /// A transfer at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// Carries labels over.
    ///
    /// - Parameter source: the labelled mesh.
    /// - Parameter labels: one for each of its file faces; faces without one do not vote.
    /// - Parameter target: the other mesh.
    /// - Throws: `Failure` if no face has a label, the labels are of another mesh, or a model cannot be run.
    /// - Complexity: O(#V x voters x d).
    package func run(_ source: OpenMesh, _ labels: ShapeLabels, to target: OpenMesh) throws -> Outcome {
        var watch = Stopwatch()
        let voters = try watch.measure("features") { try Voters([(source, labels)], at: bench) }
        let carried = try run(voters, to: target, watch)
        let place = labels.names.map { voters.names.firstIndex(of: $0)! }
        let sourceLabels = try labels.perVertex(of: source.mesh).map { $0 < 0 ? -1 : place[$0] }
        return Outcome(source: source, sourceLabels: sourceLabels, target: target, carried: carried)
    }

    /// Carries the labels of any number of meshes over, whose vertices vote together.
    ///
    /// Throws `Failure` if a model cannot be run. Complexity: O(#V x voters x d).
    package func run(_ voters: Voters, to target: OpenMesh) throws -> Carried { try run(voters, to: target, Stopwatch()) }

    private func run(_ voters: Voters, to target: OpenMesh, _ watch: Stopwatch) throws -> Carried {
        var watch = watch
        let to = try watch.measure("features") { try target.features(at: bench) }
        let shares = watch.measure("votes") {
            self.shares(voters.features, voters.labels, voters.areas, to.field.values, count: voters.names.count)
        }
        let settled = try watch.measure("smoothing") { try smoothed(shares, to.areas, on: target) }
        var carried = Carried(labels: ShapeLabels(names: voters.names, perFace: []), perVertex: [], confidence: [], timings: [:])
        for vertex in target.referenced.indices {
            let row = settled.row(to.row(ofVertex: vertex))
            let best = row.indices.max { (row[$0], $1) < (row[$1], $0) }!
            carried.perVertex.append(target.referenced[vertex] ? best - row.startIndex : -1)
            carried.confidence.append(target.referenced[vertex] ? row[best] : 0)
        }
        carried.labels.perFace = Self.perFace(settled, to, of: target.mesh)
        carried.timings = watch.seconds
        return carried
    }

    /// For each row of the target's features the share of each label among the votes: rows x labels.
    private func shares(_ voters: Matrix, _ labels: [Int], _ areas: [Double], _ field: Matrix, count: Int) -> Matrix {
        let (voters, field) = (voters.withNormalizedRows(), field.withNormalizedRows())
        var shares = Matrix(rows: field.rows, columns: count)
        shares.forEachRowBlock(of: Self.block, parallelism: bench.parallelism) { range, values in
            let cosines = Matrix.product(field.factor(rows: range), voters.transposed, parallelism: Parallelism(threads: 1))
            for row in 0..<range.count {
                let cosine = cosines.row(row)
                let most = cosine.max() ?? 0
                var total: Float = 0
                for (index, value) in cosine.enumerated() {
                    let vote = exp((value - most) / Self.temperature) * Float(areas[index] + 1e-12)
                    values[row * count + labels[index]] += vote
                    total += vote
                }
                for label in 0..<count { values[row * count + label] /= max(total, .leastNormalMagnitude) }
            }
        }
        return shares
    }

    private func smoothed(_ shares: Matrix, _ areas: [Double], on target: OpenMesh) throws -> Matrix {
        let smoothing = try target.smoothing(at: bench)
        var result = shares
        for label in 0..<shares.columns {
            let column = (0..<shares.rows).map { shares[$0, label] }
            let weights = areas.map { Float($0 * Double(shares.rows)) + 1e-3 }
            let settled = try smoothing.smoothed(column, weights: weights, strength: Self.strength)
            for row in 0..<shares.rows { result[row, label] = settled[row] }
        }
        return result
    }

    /// #F of the file: the label with the largest share over a face's corners.
    private static func perFace(_ shares: Matrix, _ features: SurfaceFeatures, of mesh: Mesh) -> [Int] {
        var sums = Matrix(rows: mesh.fileFaceCount, columns: shares.columns)
        var isCut = [Bool](repeating: false, count: mesh.fileFaceCount)
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) {
            isCut[Int(fileFace)] = true
            for corner in 0..<3 {
                for label in 0..<shares.columns {
                    sums[Int(fileFace), label] += shares[features.row(ofVertex: Int(face[corner])), label]
                }
            }
        }
        return isCut.indices.map { face in
            guard isCut[face] else { return -1 }
            let row = sums.row(face)
            return row.indices.max { (row[$0], $1) < (row[$1], $0) }! - row.startIndex
        }
    }
}

extension LabelTransfer {
    /// The labelled vertices that vote: of each mesh as many, at even distances in its order.
    package struct Voters: Sendable {
        /// The names of all meshes, in the order in which they first come.
        package let names: [String]
        /// For each mesh its vertices.
        package let vertices: [(mesh: OpenMesh, vertices: [Int])]
        /// m: an index into the names, mesh after mesh.
        package let labels: [Int]
        /// m: the share of its mesh's surface.
        let areas: [Double]
        /// m x d.
        package let features: Matrix

        /// The voters of meshes, in all at most about `most`; parts of one name are one.
        ///
        /// Throws `Failure` if a mesh has no labelled face, the labels are of another mesh, or a model cannot be run.
        package init(_ sources: [Source], most: Int = LabelTransfer.voters, at bench: Workbench) throws {
            var (names, vertices, labels, areas): ([String], [(OpenMesh, [Int])], [Int], [Double]) = ([], [], [], [])
            for (mesh, given) in sources {
                let perVertex = try given.perVertex(of: mesh.mesh)
                let labelled = perVertex.indices.filter { perVertex[$0] >= 0 && mesh.referenced[$0] }
                guard !labelled.isEmpty else {
                    throw Failure(
                        .badInput, "transferring labels", path: mesh.path, reason: "none of its faces has a label",
                        hint: "give a label to at least one face")
                }
                for name in given.names where !names.contains(name) { names.append(name) }
                let place = given.names.map { names.firstIndex(of: $0)! }
                let own = max(1, most / sources.count)
                let chosen = stride(from: 0, to: labelled.count, by: max(1, (labelled.count + own - 1) / own)).map { labelled[$0] }
                vertices.append((mesh, chosen))
                labels += chosen.map { place[perVertex[$0]] }
                areas += chosen.map { mesh.areas[$0] }
            }
            let found = try vertices.map { mesh, vertices in try mesh.features(at: bench).values(at: vertices) }
            features = Matrix(rows: labels.count, columns: found.first?.columns ?? 0, values: found.flatMap(\.values))
            (self.names, self.vertices, self.labels, self.areas) = (names, vertices, labels, areas)
        }
    }
}

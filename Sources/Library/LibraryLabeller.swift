import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBDistillation
import BSBImages
import BSBInteractiveSegmentation
import BSBLinearAlgebra
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// Carries named clicks in photos and on meshes over to all meshes of a library.
///
/// Whether a mesh has a name's part is said by the score of searches; where it is, by the votes of the clicked pictures' pixels
/// (``LabelVotes``). A click on a mesh is one in a picture of it, with the part that the segmenter lifts there.
package struct LibraryLabeller: Sendable {
    /// What labelling goes by.
    package struct Options: Sendable {
        /// The least probability of a part being there for a mesh to get its label.
        package var minimumExistence = 0.5
        /// Probabilities this far from the least one, and confidences below one half, are for a person to look at.
        package var doubt = 0.25

        /// The usual labelling.
        package init() {}
    }

    /// The labels of a mesh.
    package struct Line: Codable, Sendable {
        /// What the library calls the mesh.
        package var id: String
        /// Its file.
        package var path: String
        /// For each name whether it is there, and how sure.
        package var labels: [LibraryLabel]
        /// How doubtful the least sure of them is, 0 to 1.
        package var doubt: Double
        /// Why there are no labels, if so.
        package var error: String?
    }

    private let library: MeshLibrary
    private let bench: Workbench
    private let score: LibraryScore
    private let options: Options
    private let names: [String]
    private let pictures: [LabelVotes.Picture]
    private let votes: LabelVotes
    /// Told after each mesh.
    package var progress: @Sendable (Headway) -> Void = { _ in }

    /// What labels a library at a workbench; the clicked photos and meshes are looked at now.
    ///
    /// Throws `Failure` for clicks that cannot be used and if a model cannot be run.
    package init(_ library: MeshLibrary, _ spec: LabelSpec, options: Options = Options(), at bench: Workbench) throws {
        (self.library, self.options, names) = (library, options, spec.names)
        var bench = try library.adapted(bench)
        bench.settings.matching.minimumExistence = 0
        self.bench = bench
        score = LibraryScore(of: bench)
        pictures = try Self.pictures(spec, at: bench)
        votes = LabelVotes(pictures, count: names.count)
    }

    /// Labels all meshes: `labels.jsonl` with a line for each, `doubtful.jsonl` with the doubtful ones, the most doubtful first, and for each
    /// mesh that has a label `meshes/ID/labels.json`, `vertex_labels.npy` and `confidence.npy`; the catalogue notes the labels.
    ///
    /// - Throws: `Failure` if something cannot be written; a mesh that cannot be read is a line.
    /// - Complexity: O(#meshes n m d) for m pixels that vote, and the reading of each mesh that has a label.
    package func run(output: String) throws -> [Line] {
        let entries = try library.catalogue.entries().filter { $0.state == .ready }
        let counter = HeadwayCounter(total: entries.count, progress)
        let lines = try bench.parallelism.map(entries.count) { index throws -> Line in
            let line = try label(entries[index], output)
            counter.finished()
            return line
        }
        let doubtful = lines.filter { line in line.labels.contains(where: \.isDoubtful) || line.error != nil }
            .sorted { ($0.doubt, $1.path) > ($1.doubt, $0.path) }
        for (name, lines) in [("labels", lines), ("doubtful", doubtful)] {
            let text = try lines.reduce(into: Data()) { $0 += try JSONText.line($1) }
            try AtomicFile.write(text, to: "\(output)/\(name).jsonl", operation: "writing the labels")
        }
        return lines
    }

    private func label(_ entry: LibraryEntry, _ output: String) throws -> Line {
        var line = Line(id: entry.id, path: entry.path, labels: [], doubt: 0, error: nil)
        do {
            let features = try library.features(of: entry)
            let existences = existences(on: features.surface())
            let has = existences.map { $0.map { $0 >= options.minimumExistence } ?? true }
            let shares = votes.shares(features, has: has)
            let winners = (0..<shares.rows).map { row in Self.winner(shares.row(row)) }
            for (index, name) in names.enumerated() {
                line.labels.append(label(name, index, existences[index], has[index], shares, winners, features.areas))
            }
            line.doubt = line.labels.map { doubt($0) }.max() ?? 0
            if winners.contains(where: { $0 >= 0 }) { try write(entry, features, shares, winners, to: "\(output)/meshes/\(entry.id)") }
        } catch let failure as Failure where failure.operation != "writing the labels" && failure.kind != .missingModel {
            (line.error, line.doubt, line.labels) = ("\(failure)", 1, [])
        }
        var labelled = entry
        labelled.labels = line.labels
        try library.catalogue.put(labelled, descriptor: nil)
        return line
    }

    /// For each name the largest probability over its clicks; nil where it is not known for the models.
    private func existences(on mesh: SurfaceFeatures) -> [Double?] {
        names.indices.map { name in
            pictures.filter { $0.name == name }.compactMap { $0.probe.evidence(on: mesh).flatMap(score.probability) }.max()
        }
    }

    /// The name with the largest share, where that is more than the rest's; -1 for the rest.
    private static func winner(_ shares: ArraySlice<Float>) -> Int {
        guard let best = shares.indices.max(by: { (shares[$0], $1) < (shares[$1], $0) }) else { return -1 }
        return shares[best] > 1 - shares.reduce(0, +) ? best - shares.startIndex : -1
    }

    private func label(
        _ name: String, _ index: Int, _ existence: Double?, _ isThere: Bool, _ shares: Matrix, _ winners: [Int], _ areas: [Float]
    ) -> LibraryLabel {
        var (inside, all, sum) = (0.0, 0.0, 0.0)
        for (row, winner) in winners.enumerated() {
            all += Double(areas[row])
            guard winner == index else { continue }
            inside += Double(areas[row])
            sum += Double(areas[row]) * Double(shares[row, index])
        }
        var label = LibraryLabel(
            name: name, existence: existence, share: all > 0 ? inside / all : 0, confidence: inside > 0 ? sum / inside : 0,
            isDoubtful: false)
        label.isDoubtful =
            existence.map { abs($0 - options.minimumExistence) < options.doubt } ?? true || isThere && label.confidence < 0.5
        return label
    }

    /// 1 where the probability is the least one, down to 0.
    private func doubt(_ label: LibraryLabel) -> Double {
        guard let existence = label.existence else { return 1 - label.confidence }
        return max(0, 1 - abs(existence - options.minimumExistence) / max(options.minimumExistence, 1 - options.minimumExistence))
    }

    /// Writes the labels of a mesh: each vertex has those of the nearest one that the library keeps.
    private func write(
        _ entry: LibraryEntry, _ features: StoredFeatures, _ shares: Matrix, _ winners: [Int], to folder: String
    ) throws {
        let operation = "writing the labels"
        let mesh = try Mesh(contentsOf: entry.path, options: bench.meshReading)
        guard mesh.vertices.count == entry.vertices, features.vertices.allSatisfy({ Int($0) < mesh.vertices.count }) else {
            throw entry.hasChanged("labelling a mesh of the library")
        }
        let tree = NearestPoint(features.vertices.map { mesh.vertices[Int($0)] })
        let rows = mesh.vertices.map { tree.nearest(to: $0) ?? 0 }
        let labels = rows.map { Int32(winners[$0]) }
        let confidence = rows.map { row in winners[row] < 0 ? 0 : shares[row, winners[row]] }
        let perFace = Self.perFace(mesh, labels, count: names.count)
        try AtomicFile.write(
            JSONText.data(ShapeLabels(names: names, perFace: perFace), pretty: false), to: "\(folder)/labels.json", operation: operation)
        try NumPyArray(labels, shape: [labels.count]).write(to: "\(folder)/vertex_labels.npy", operation: operation)
        try NumPyArray(confidence, shape: [confidence.count]).write(to: "\(folder)/confidence.npy", operation: operation)
    }

    /// #F of the file: the label of most corners of a face's triangles, the lowest of ties; -1 for none.
    private static func perFace(_ mesh: Mesh, _ labels: [Int32], count: Int) -> [Int] {
        var votes = [Int](repeating: 0, count: mesh.fileFaceCount * (count + 1))
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) {
            for corner in 0..<3 { votes[Int(fileFace) * (count + 1) + Int(labels[Int(face[corner])]) + 1] += 1 }
        }
        return (0..<mesh.fileFaceCount).map { face in
            let row = votes[(face * (count + 1))..<((face + 1) * (count + 1))]
            return row.indices.max { (row[$0], $1) < (row[$1], $0) }! - row.startIndex - 1
        }
    }
}

extension LibraryLabeller {
    /// The clicked pictures, each with what of its object no named part has.
    private static func pictures(_ spec: LabelSpec, at bench: Workbench) throws -> [LabelVotes.Picture] {
        let names = spec.names
        let found = try spec.items.map { item -> (key: String, picture: LabelVotes.Picture) in
            let (key, probe) = try probe(item, at: bench)
            if let reason = probe.reason {
                throw Failure(.badInput, "looking at the clicks of '\(item.name)'", path: key, reason: reason.sentence)
            }
            return (key, .init(name: names.firstIndex(of: item.name)!, probe: probe, rest: probe.photo.masks.object))
        }
        return found.map { key, picture in
            var picture = picture
            for other in found where other.key == key && other.picture.rest.width == picture.rest.width {
                picture.rest = picture.rest.intersection(other.picture.probe.photo.masks.part.complement)
            }
            return picture
        }
    }

    private static func probe(_ item: LabelSpec.Item, at bench: Workbench) throws -> (key: String, probe: ClickProbe) {
        switch item.place {
        case .photo(let path, let click):
            let photo = try OpenPhoto(contentsOf: path)
            let masks = try photo.masks(of: click, at: bench)
            return (path, try photo.probe(click, masks: masks, at: bench))
        case .mesh(let path, let target):
            let (photo, click, masks) = try picture(of: OpenMesh(contentsOf: path, at: bench), target, at: bench)
            // A picture for each click: parts seen from other sides are not those of this one.
            return ("\(path) \(click.pixel.x),\(click.pixel.y)", try photo.probe(click, masks: masks, at: bench))
        }
    }

    /// The view of a mesh that shows most of the part around a vertex, with the part as its mask.
    private static func picture(
        of mesh: OpenMesh, _ target: SurfaceTarget, at bench: Workbench
    ) throws -> (OpenPhoto, Click, ClickMasks) {
        let vertex = try target.vertex(of: mesh)
        let part = try mesh.partFinder(at: bench).part(around: vertex).vertexLabels
        let faces = mesh.scene.mesh.faces
        let views = RenderedViews(of: mesh, plan: bench.settings.featureViews, seed: bench.settings.seed)
        var best: (view: Int, mask: Mask, object: Mask)?
        for view in views.cameras.indices {
            let seen = views.surfaces(view)
            func isPart(_ face: Int32) -> Bool { face >= 0 && (0..<3).count { part[Int(faces[Int(face)][$0])] } >= 2 }
            let mask = Mask(width: seen.size.width, height: seen.size.height) { x, y in isPart(seen.faceIDs[y * seen.size.width + x]) }
            guard mask.count > best?.mask.count ?? 0 else { continue }
            best = (view, mask, Mask(width: seen.size.width, height: seen.size.height) { x, y in seen.covers(x: x, y: y) })
        }
        guard let best, let click = Click(standingFor: best.mask) else { throw Failure.unseenClick }
        let image = try views.image(best.view, surfaces: views.surfaces(best.view))
        return (OpenPhoto(image, name: mesh.path), click, ClickMasks(object: best.object, part: best.mask))
    }
}

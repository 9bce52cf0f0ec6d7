import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBPhotography
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// What a mesh has of what was clicked.
package enum Counterpart: String, Sendable, Hashable, Codable, CaseIterable {
    /// The clicked part.
    case present
    /// Nothing: the clicked part was cut out of it.
    case cut
    /// Nothing: what was clicked is only painted on the surface in the photo.
    case painted
    /// Nothing: the photo, a real one, shows a thing of another kind.
    case other
}

/// What one click gave on a mesh.
package struct ExistenceRecord: Sendable, Hashable, Codable, LoggedRecord {
    /// Its place in the log.
    package var sample: Int
    /// The number of the photo.
    package var photo: Int
    /// The shape that was clicked and answered on.
    package var shape: String
    /// The clicked part, or the part that something was painted on; empty in a real photo, whose parts nobody has named.
    package var part: String
    /// What the mesh has of it.
    package var counterpart: Counterpart
    /// What matching said.
    package var evidence: ExistenceEvidence
    /// IoU of the clicked part with the mask at the most similar vertex's own pixel, qualified or not.
    package var nearestIoU: Double

    /// The shape's category: its name up to the last slash.
    var category: String { shape.lastIndex(of: "/").map { String(shape[..<$0]) } ?? shape }

    /// Whether the mesh has what was clicked.
    package var exists: Bool { counterpart == .present }
}

/// Measures how well a part that a mesh lacks is noticed.
///
/// A labelled part is cut out of the mesh, which is left open there, and clicked in photos of the whole; each such click is answered on
/// the whole mesh and on the mesh without the part. And something is painted onto the surface in photos and clicked.
/// With real photos of known kinds, one of the shape's kind and one of another are clicked instead, somewhere on their objects: the shape is taken
/// to have what is on the one and to lack what is on the other.
package struct ExistenceEvaluator: ShapeExperiment {
    package static let name = "existence"
    package static let stage = "Cutting parts out"

    package let ground: Subjects
    private let options: EvaluationOptions
    private let pooled: [ExistenceRecord]
    private let photos: KindPhotos?

    /// An analysis on the shapes `entries`; of the options, samples (clicks on parts), seed, photo size and sampling count.
    ///
    /// One part of each shape is cut out, drawn from those with at most half of its vertices.
    /// - Parameters:
    ///   - photos: real photos, to ask about in place of made ones.
    ///   - pool: folders of finished runs with the same models on other shapes, to fit the calibration to as well.
    /// - Throws: `Failure` if one of those is not such a folder.
    package init(_ ground: Subjects, options: EvaluationOptions, photos: KindPhotos? = nil, pool: [String] = []) throws {
        (self.options, self.photos) = (options, photos)
        pooled = try pool.flatMap { try SampleLog<ExistenceRecord>.records(in: $0, of: ground.bench.models) }
        // What is found does not depend on what is refused for it.
        var ground = ground
        ground.bench.settings.matching.minimumExistence = 0
        self.ground = ground
    }

    package var choices: [any Encodable] { [options] + (photos.map { [$0.table, $0.kinds.flatMap(\.photos)] } ?? []) }

    package func unit(of record: ExistenceRecord) -> String { record.shape }

    /// How well a part that is lacking is noticed.
    package func summary(of records: [ExistenceRecord]) -> ExistenceSummary {
        ExistenceSummary(of: records, pooled: pooled, bench: bench)
    }

    /// What each click on a shape and on the shape without a part says.
    package func records(of entry: ShapeEntry, number: Int) throws -> [ExistenceRecord] {
        let shapes = ground.entries.count
        let count = max(1, (options.samples + 2 * shapes - 1) / max(1, 2 * shapes))
        if let photos { return try records(of: entry, number: number, count: count, in: photos) }
        let labelled = try ground.data.shape(entry)
        let shape = try EvaluationShape(labelled, settings: bench.settings)
        let whole = try TargetMesh(shape, segments: false, at: bench)
        var generator = SeededGenerator(seed: options.seed ^ 0xE_1157, stream: UInt64(number))
        var records: [[ExistenceRecord]] = []
        let parts = shape.partNames.filter { (0.005...0.5).contains(shape.vertexShare(of: $0)) }
        if !parts.isEmpty {
            let part = parts[generator.index(below: parts.count)]
            let cut = try TargetMesh(
                EvaluationShape(labelled.without(part), settings: bench.settings), segments: false, at: bench)
            records += try answered(photos(of: shape, part: part, number: number, count: count), on: [(whole, .present), (cut, .cut)])
        }
        records += try answered(photos(of: shape, part: nil, number: number, count: 2 * count), on: [(whole, .painted)])
        return records.enumerated().flatMap { index, records in
            records.map { record in
                var record = record
                record.photo = number << 16 + index
                record.sample = number << 24 + index << 8 + record.sample
                return record
            }
        }
    }

    /// What clicks in so many real photos of a shape's kind say, and in as many of other kinds; nothing of a shape that is of no kind.
    private func records(of entry: ShapeEntry, number: Int, count: Int, in photos: KindPhotos) throws -> [ExistenceRecord] {
        let kind = photos.table.kind(ofMesh: entry.name)
        let (same, others) = (photos.kinds.filter { $0.name == kind }, photos.kinds.filter { $0.name != kind })
        guard kind != nil, !same.isEmpty, !others.isEmpty else { return [] }
        var generator = SeededGenerator(seed: options.seed ^ 0xE_4157, stream: UInt64(number))
        var questions: [(photo: KindPhotos.Photo, click: Click, counterpart: Counterpart)] = []
        for counterpart in [Counterpart](repeating: .present, count: count) + [Counterpart](repeating: .other, count: count) {
            let (_, photo) = KindPhotos.drawn(from: counterpart == .present ? same : others, &generator)
            if let click = try photo.click(&generator) { questions.append((photo, click, counterpart)) }
        }
        let whole = try ground.target(entry, segments: false)
        let (asked, quiet) = (questions, bench.singleThreaded)
        return try bench.parallelism.map(asked.count) { index in
            let (photo, click, counterpart) = asked[index]
            var record = try record(click, of: "", OpenPhoto(contentsOf: photo.path), whole, counterpart, quiet)
            (record.photo, record.sample) = (number << 16 + index, number << 24 + index << 8)
            return record
        }
    }

    /// For each photo the records of its clicks on each mesh.
    private func answered(
        _ photos: [EvaluationPhoto], on targets: [(mesh: TargetMesh, counterpart: Counterpart)]
    ) throws -> [[ExistenceRecord]] {
        let quiet = bench.singleThreaded
        return try bench.parallelism.map(photos.count) { index -> [ExistenceRecord] in
            let photo = photos[index]
            let opened = OpenPhoto(photo.image, name: "photo")
            return try photo.clicks.flatMap { click in
                try targets.map { try record(Click(Pixel(x: click.x, y: click.y)), of: click.part, opened, $0.mesh, $0.counterpart, quiet) }
            }.enumerated().map { place, record in
                var record = record
                record.sample = place
                return record
            }
        }
    }

    /// Photos of a shape with two clicks on one part; or, for no part, with one on something painted onto it.
    private func photos(of shape: EvaluationShape, part: String?, number: Int, count: Int) throws -> [EvaluationPhoto] {
        var studio = EvaluationStudio(size: RasterSize(options.photoSize), sampling: options.sampling, seed: options.seed ^ 0xE_2157)
        studio.part = part
        studio.paintsSpot = part == nil
        if part == nil { (studio.clicks, studio.seed) = (1, options.seed ^ 0xE_3157) }
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        let fixed = studio
        return try bench.parallelism.map(count) { try fixed.photo(of: shape, subject: subject, number: number << 16 + $0) }.compactMap {
            $0
        }
    }

    private func record(
        _ clicked: Click, of part: String, _ photo: OpenPhoto, _ target: TargetMesh, _ counterpart: Counterpart, _ bench: Workbench
    ) throws -> ExistenceRecord {
        let answer = try bench.answer(clicked, in: photo, on: target.mesh, wantsPart: false)
        let found = answer.correspondence
        var nearestIoU: Float = 0
        if let nearest = found.candidates.first {
            nearestIoU = try photo.answer(at: nearest.pixel, at: bench).mask(bench.settings.matching.partLevel)
                .intersectionOverUnion(answer.masks.part)
        }
        return ExistenceRecord(
            sample: 0, photo: 0, shape: target.shape.entry.name, part: part, counterpart: counterpart,
            evidence: ExistenceEvidence(found).rounded, nearestIoU: SampleJudge.rounded(Double(nearestIoU)))
    }
}

extension ExistenceEvidence {
    /// As logs have it.
    var rounded: ExistenceEvidence {
        ExistenceEvidence(
            bestIoU: SampleJudge.rounded(bestIoU), qualifyingShare: SampleJudge.rounded(qualifyingShare),
            similarity: SampleJudge.rounded(similarity), objectSimilarity: SampleJudge.rounded(objectSimilarity))
    }
}

extension LabelledShape {
    /// The shape without the faces of a part; vertices and the numbers of the other faces stay.
    func without(_ part: String) -> LabelledShape {
        var shape = self
        let keep = mesh.fileFace.map { face in
            let number = labels.perFace[Int(face)]
            return number < 0 || labels.names[number] != part
        }
        if let appearance = mesh.appearance {
            shape.mesh.appearance = SurfaceAppearance(
                materials: appearance.materials, materialOfFace: zip(appearance.materialOfFace, keep).filter(\.1).map(\.0),
                coordinates: zip(appearance.coordinates, keep.flatMap { [$0, $0, $0] }).filter(\.1).map(\.0))
        }
        shape.mesh.faces = zip(mesh.faces, keep).filter(\.1).map(\.0)
        shape.mesh.fileFace = zip(mesh.fileFace, keep).filter(\.1).map(\.0)
        shape.hash = ContentHash(of: Array("\(hash) without \(part)".utf8)).hex
        return shape
    }
}

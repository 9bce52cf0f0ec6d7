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
    let pooled: [ExistenceRecord]
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

    package var choices: [any Encodable & Sendable] {
        photos.map { [options, $0.table, $0.kinds.flatMap(\.photos)] } ?? [options]
    }

    package func unit(of record: ExistenceRecord) -> String { record.shape }

    /// What is asked in one photo.
    private struct Questions: Sendable {
        var photo: @Sendable () throws -> OpenPhoto
        var clicks: [(click: Click, part: String, target: EvaluationShape, counterpart: Counterpart)]
    }

    /// What each click on a shape and on the shape without a part says.
    package func records(of entry: ShapeEntry, number: Int) throws -> [ExistenceRecord] {
        let shapes = ground.entries.count
        let count = max(1, (options.samples + 2 * shapes - 1) / max(1, 2 * shapes))
        let asked = try photos.map { try questions(about: entry, number, count, in: $0) } ?? questions(about: entry, number, count)
        let quiet = bench.singleThreaded
        return try bench.parallelism.map(asked.count) { index -> [ExistenceRecord] in
            let photo = try asked[index].photo()
            return try asked[index].clicks.enumerated().map { place, asked in
                let answer = try quiet.answer(asked.click, in: photo, on: asked.target.opened, wantsPart: false)
                let nearest = try answer.correspondence.candidates.first.map {
                    try photo.answer(at: $0.pixel, at: quiet).mask(bench.settings.matching.partLevel)
                        .intersectionOverUnion(answer.masks.part)
                }
                return ExistenceRecord(
                    sample: number << 24 + index << 8 + place, photo: number << 16 + index, shape: entry.name, part: asked.part,
                    counterpart: asked.counterpart, evidence: ExistenceEvidence(answer.correspondence).rounded,
                    nearestIoU: SampleJudge.rounded(Double(nearest ?? 0)))
            }
        }.flatMap { $0 }
    }

    /// So many photos of a part, which are asked about with it and without, and twice as many of something that is painted on.
    private func questions(about entry: ShapeEntry, _ number: Int, _ count: Int) throws -> [Questions] {
        let labelled = try ground.data.shape(entry)
        let whole = try EvaluationShape(labelled, settings: bench.settings).prepared(segments: false, at: bench)
        func asked(_ photos: [EvaluationPhoto], on targets: [(shape: EvaluationShape, counterpart: Counterpart)]) -> [Questions] {
            photos.map { photo in
                let clicks = photo.clicks.flatMap { click in targets.map { (Click(click.pixel), click.part, $0.shape, $0.counterpart) } }
                return Questions(photo: { OpenPhoto(photo.image, name: "photo") }, clicks: clicks)
            }
        }
        var generator = SeededGenerator(seed: options.seed ^ 0xE_1157, stream: UInt64(number))
        var questions: [Questions] = []
        let parts = whole.partNames.filter { (0.005...0.5).contains(whole.vertexShare(of: $0)) }
        if !parts.isEmpty {
            let part = parts[generator.index(below: parts.count)]
            let cut = try EvaluationShape(labelled.without(part), settings: bench.settings).prepared(segments: false, at: bench)
            questions += asked(try photos(of: whole, part: part, number: number, count: count), on: [(whole, .present), (cut, .cut)])
        }
        return questions + asked(try photos(of: whole, part: nil, number: number, count: 2 * count), on: [(whole, .painted)])
    }

    /// So many real photos of a shape's kind, and as many of other kinds; none for a shape that is of no kind.
    private func questions(about entry: ShapeEntry, _ number: Int, _ count: Int, in photos: KindPhotos) throws -> [Questions] {
        let kind = photos.table.kind(ofMesh: entry.name)
        let (same, others) = (photos.kinds.filter { $0.name == kind }, photos.kinds.filter { $0.name != kind })
        guard kind != nil, !same.isEmpty, !others.isEmpty else { return [] }
        let whole = try ground.target(entry, segments: false)
        var generator = SeededGenerator(seed: options.seed ^ 0xE_4157, stream: UInt64(number))
        return try (0..<2 * count).compactMap { place in
            let (_, photo) = KindPhotos.drawn(from: place < count ? same : others, &generator)
            return try photo.click(&generator).map { click in
                Questions(photo: { try OpenPhoto(contentsOf: photo.path) }, clicks: [(click, "", whole, place < count ? .present : .other)])
            }
        }
    }

    /// Photos of a shape with two clicks on one part; or, for no part, with one on something painted onto it.
    private func photos(of shape: EvaluationShape, part: String?, number: Int, count: Int) throws -> [EvaluationPhoto] {
        var studio = EvaluationStudio(size: RasterSize(options.photoSize), sampling: options.sampling, seed: options.seed ^ 0xE_2157)
        studio.part = part
        studio.paintsSpot = part == nil
        if part == nil { (studio.clicks, studio.seed) = (1, options.seed ^ 0xE_3157) }
        let (subject, fixed) = (try PhotoSubject(mesh: shape.opened.scene.mesh), studio)
        return try bench.parallelism.map(count) { try fixed.photo(of: shape, subject: subject, number: number << 16 + $0) }
            .compactMap { $0 }
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

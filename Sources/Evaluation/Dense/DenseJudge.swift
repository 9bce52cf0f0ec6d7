import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBRegistration
import BSBRendering
import BSBWorkbench
import Foundation

/// Judges the points of one mesh that pixels are given.
struct DenseJudge: Sendable {
    let target: EvaluationShape
    let features: SurfaceFeatures
    let mirror: MirrorPlane?
    let diameter: Float

    init(_ target: EvaluationShape, at bench: Workbench) throws {
        self.target = target
        features = try target.opened.features(at: bench)
        let scene = target.opened.scene
        let points = scene.samples(count: 2000).map(scene.position)
        diameter = DenseMatcher.diameter(points)
        mirror = MirrorPlane(of: points).flatMap { $0.isSymmetric ? $0 : nil }
    }

    /// A pixel and the point that it shows.
    struct Question {
        var pixel: Int
        var position: SIMD3<Float>?
        var part: String?
    }

    func record(
        of photo: EvaluationPhoto, _ source: EvaluationShape, number: Int, isSame: Bool, usesTrueMask: Bool, hasRegions: Bool,
        at bench: Workbench
    ) throws -> DenseRecord? {
        guard let camera = photo.camera, let click = photo.clicks.first else { return nil }
        let size = RasterSize(width: photo.image.width, height: photo.image.height)
        let shown = source.opened.scene.surfaces(from: camera, size: size)
        let truth = shown.mask()
        let opened = OpenPhoto(photo.image, name: source.entry.name)
        let pixel = click.pixel
        let object = try usesTrueMask ? truth : opened.masks(of: Click(pixel), at: bench).object
        let grid = try opened.features(of: object, including: pixel, at: bench)
        let questions = questions(truth.intersection(object), shown, source, isSame: isSame)
        guard !questions.isEmpty else { return nil }
        let start = Date()
        let matcher = DenseMatcher(grid, object: object, surface: features, of: target.opened.scene, parallelism: bench.parallelism)
        guard let map = try matcher.map() else { return nil }
        let spots = matcher.spots(of: object, by: map)
        let seconds = Date().timeIntervalSince(start)
        let confidence = matcher.confidence(of: spots, width: size.width)
        let view = map.unwarped
        var scores = [
            DenseMethod.dense: score(questions, spots), .warped: score(questions, map.spots(of: object)),
            .view: score(questions, view.spots(of: object)), .nearest: try nearest(questions, grid, size, at: bench),
        ]
        if isSame {
            places({ map.place(of: $0) }, camera, shown, source, &scores[.warped]!)
            places({ view.place(of: $0) }, camera, shown, source, &scores[.view]!)
        }
        let found = FoundObject(mask: object, click: pixel, isGiven: true)
        let regions = try hasRegions ? RegionScore(of: opened, found, self, at: bench) : nil
        scores[.regions] = regions?.score(questions, size)
        return DenseRecord(
            sample: number, photo: number, category: target.entry.category, source: source.entry.name, target: target.entry.name,
            objectIoU: SampleJudge.rounded(Double(object.intersectionOverUnion(truth))), pixels: questions.count, folds: map.folds,
            confidence: trust(questions, spots, confidence), regions: regions?.count, background: regions?.background(outside: truth),
            surface: regions?.surface(shown, of: source), seconds: seconds,
            scores: Dictionary(uniqueKeysWithValues: scores.map { ($0.key.rawValue, $0.value) }))
    }

    /// At most 400 pixels spread over what is rightly in the object.
    private func questions(_ mask: Mask, _ shown: SurfaceBuffers, _ source: EvaluationShape, isSame: Bool) -> [Question] {
        mask.spreadPixels(most: 400).map { place in
            let pixel = place.y * mask.width + place.x
            let (face, uv) = (shown.faceIDs[pixel], shown.barycentrics[pixel])
            let spot = SurfaceSpot(face: face, weights: [1 - uv.x - uv.y, uv.x, uv.y])
            let position = isSame ? target.opened.scene.position(of: spot) : nil
            return Question(pixel: pixel, position: position, part: source.part(ofFace: Int(face)))
        }
    }

    private func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Double {
        let offset = a - b
        return Double((offset * offset).sum().squareRoot() / diameter)
    }

    private func score(_ questions: [Question], _ spots: [SurfaceSpot?]) -> DenseScore {
        score(
            questions,
            questions.map { question in
                spots[question.pixel].map { (target.opened.scene.position(of: $0), target.part(ofFace: Int($0.face))) }
            })
    }

    /// The score of answers: a position and a part each; a missing one counts as a whole diameter away.
    private func score(_ questions: [Question], _ answers: [(position: SIMD3<Float>, part: String?)?]) -> DenseScore {
        var (errors, within, swapped, right) = ([Double](), 0, 0, 0)
        for (question, answer) in zip(questions, answers) {
            if let answer, answer.part != nil, answer.part == question.part { right += 1 }
            guard let truth = question.position else { continue }
            let error = answer.map { distance($0.position, truth) } ?? 1
            errors.append(error)
            if error <= 0.1 {
                within += 1
            } else if let mirror, let answer, distance(mirror.mirrored(answer.position), truth) <= 0.1 {
                swapped += 1
            }
        }
        let count = Double(max(1, errors.count))
        func known(_ value: Double) -> Double? { errors.isEmpty ? nil : SampleJudge.rounded(value) }
        return DenseScore(
            error: known(errors.reduce(0, +) / count), within: known(Double(within) / count),
            swapped: mirror == nil ? nil : known(Double(swapped) / count),
            part: SampleJudge.rounded(Double(right) / Double(max(1, questions.count))), placeMedian: nil, placeHigh: nil)
    }

    private func nearest(_ questions: [Question], _ grid: FeatureGrid, _ size: RasterSize, at bench: Workbench) throws -> DenseScore {
        let pixels = questions.map { Pixel(x: $0.pixel % size.width, y: $0.pixel / size.width) }
        let vertices = target.opened.referenced.indices.filter { target.opened.referenced[$0] }
        let directions = PixelSimilarity(grid).directions(at: pixels)
        let nearest = features.values(at: vertices).withNormalizedRows().mostSimilarRows(to: directions, parallelism: bench.parallelism)
        return score(
            questions,
            nearest.map { (target.opened.scene.mesh.vertices[vertices[$0]], target.part(of: vertices[$0])) })
    }

    /// Adds how far vertices are placed from where the photo shows them.
    private func places(
        _ place: (SIMD3<Double>) -> SIMD2<Double>, _ camera: Camera, _ shown: SurfaceBuffers, _ source: EvaluationShape,
        _ score: inout DenseScore
    ) {
        let visibility = VertexVisibility(mesh: source.opened.scene.mesh, camera: camera, buffers: shown)
        let visible = visibility.isVisible.indices.filter { visibility.isVisible[$0] }
        let places = visible.map { SIMD2<Double>(visibility.positions[$0]) }
        guard let first = places.first else { return }
        let extent = places.reduce(first, pointwiseMax) - places.reduce(first, pointwiseMin)
        let size = max((extent * extent).sum().squareRoot(), 1)
        let errors = zip(visible, places).map { vertex, truth -> Double in
            let offset = place(SIMD3<Double>(target.opened.scene.mesh.vertices[vertex])) - truth
            return (offset * offset).sum().squareRoot() / size
        }.sorted()
        score.placeMedian = SampleJudge.rounded(Bootstrap.percentile(errors, 0.5))
        score.placeHigh = SampleJudge.rounded(Bootstrap.percentile(errors, 0.9))
    }

    private func trust(_ questions: [Question], _ spots: [SurfaceSpot?], _ confidence: [Float]) -> [Double?] {
        var sums = [0.0, 0.0], counts = [0, 0]
        for question in questions {
            guard let truth = question.position, let spot = spots[question.pixel] else { continue }
            let group = distance(target.opened.scene.position(of: spot), truth) <= 0.1 ? 0 : 1
            sums[group] += Double(confidence[question.pixel])
            counts[group] += 1
        }
        return (0..<2).map { counts[$0] > 0 ? SampleJudge.rounded(sums[$0] / Double(counts[$0])) : nil }
    }
}

import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBWorkbench

/// Measures how often vertices of a mesh are found in photos, and how often a click comes back to its part by way of a mesh.
package struct ReverseEvaluator: ClickExperiment {
    package static let name = "reverse"
    package static let stage = "Seeking vertices in photos"

    package let evaluator: Evaluator

    /// An evaluation on the photos and clicks of `evaluator`.
    package init(_ evaluator: Evaluator) {
        self.evaluator = evaluator
    }

    func prepared(_ entry: ShapeEntry) throws -> EvaluationShape { try ground.target(entry, segments: true) }

    func records(of taken: TakenPhoto, on target: EvaluationShape) throws -> [ReverseRecord] {
        guard let camera = taken.photo.camera else { return [] }
        let size = RasterSize(width: taken.photo.image.width, height: taken.photo.image.height)
        let search = ReverseSearch(
            photo: OpenPhoto(taken.photo.image, name: taken.source.entry.name),
            silhouette: taken.source.opened.scene.surfaces(from: camera, size: size).mask(), target: target, bench: bench.singleThreaded)
        return try search.records(of: taken, options: evaluator.options)
    }
}

/// The questions about one photo and one mesh.
private struct ReverseSearch {
    var photo: OpenPhoto
    /// The pixels that show the photographed shape.
    var silhouette: Mask
    var target: EvaluationShape
    var bench: Workbench
    var mesh: OpenMesh { target.opened }

    /// The records of a photo's clicks.
    func records(of taken: TakenPhoto, options: EvaluationOptions) throws -> [ReverseRecord] {
        guard !taken.clicks.isEmpty else { return [] }
        let isSame = taken.source.entry == target.entry
        let object = try ObjectFinder(at: bench).proposals(in: photo, like: mesh).first.map {
            try SearchedObject($0.found, in: photo, at: bench)
        }
        let objectIoU = object.map { SampleJudge.rounded(Double($0.found.mask.intersectionOverUnion(silhouette))) } ?? 0
        return try taken.clicks.enumerated().map { index, click in
            let (sample, right) = (taken.firstSample + index, taken.photo.partMasks[index])
            let judge = PixelJudge(right: right, photo: photo, bench: bench)
            var generator = SeededGenerator(seed: options.seed ^ 0x5EEC, stream: UInt64(sample))
            let sought = try sought(click, isSame: isSame, options.sampling, &generator)
            var record = ReverseRecord(
                sample: sample, photo: taken.number, category: target.entry.category, source: photo.path, target: target.entry.name,
                click: click,
                vertex: sought?.vertex, pixelShare: SampleJudge.rounded(Double(right.count) / Double(max(1, silhouette.count))),
                objectIoU: objectIoU, answers: [:])
            guard let sought else { return record }
            try locate(sought, object, judge, &record)
            try roundTrip(click, judge, &record)
            return record
        }
    }

    /// A vertex of the clicked part that some view of the mesh shows, with the part around it: the clicked one itself on the same mesh.
    private func sought(
        _ click: LabelledClick, isSame: Bool, _ sampling: VertexSampling, _ generator: inout SeededGenerator
    ) throws -> (vertex: Int, part: SurfaceSegment)? {
        if isSame, let vertex = click.vertex { return try mesh.visiblePart(around: vertex, at: bench).map { (vertex, $0) } }
        let inside = target.vertices(of: click.part)
        let weights = inside.indices.map { vertex -> Double in
            inside[vertex] && target.opened.referenced[vertex] ? (sampling == .vertex ? 1 : target.areas[vertex]) : 0
        }
        for _ in 0..<10 {
            guard let vertex = generator.index(weights: weights) else { return nil }
            if let part = try mesh.visiblePart(around: vertex, at: bench) { return (vertex, part) }
        }
        return nil
    }

    private func locate(
        _ sought: (vertex: Int, part: SurfaceSegment), _ object: SearchedObject?, _ judge: PixelJudge, _ record: inout ReverseRecord
    ) throws {
        var (answer, nearest) = (PixelAnswer.none, PixelAnswer.none)
        if let object {
            let found = try LocateJob(at: bench).run(photo, mesh, vertex: sought.vertex, part: sought.part, object: object.found)
            answer = try judge.judged(found.correspondence.buddy?.pixel, mask: found.mask)
            nearest = try judge.judged(object.nearest(to: sought.vertex, of: mesh.features(at: bench)))
            record.reason = found.correspondence.reason
            if !found.correspondence.candidates.isEmpty { record.evidence = ExistenceEvidence(found.correspondence).rounded }
            record.takenOut = try absence(sought, object, judge.right)
        }
        record.answers[ReverseMethod.locate.rawValue] = answer
        record.answers[ReverseMethod.nearestPixel.rawValue] = nearest
    }

    /// The same in the object without the part.
    private func absence(
        _ sought: (vertex: Int, part: SurfaceSegment), _ object: SearchedObject, _ right: Mask
    ) throws -> ReverseRecord.Absence? {
        let cell = Int(1 / max(object.features.map.scaleX, object.features.map.scaleY))
        let rest = object.found.mask.subtracting(right.dilated(by: cell))
        guard rest.count < object.found.mask.count, rest.count >= object.found.mask.count / 5 else { return nil }
        // Which vertex would win does not matter.
        let nothing = [Bool](repeating: false, count: mesh.areas.count)
        let found = try bench.pixelMatcher.match(
            ClickedSurface(vertex: sought.vertex, part: sought.part.vertexLabels), of: mesh.features(at: bench), in: object.features,
            objectMask: rest
        ) { _ in nothing }
        guard !found.candidates.isEmpty else { return nil }
        return ReverseRecord.Absence(evidence: ExistenceEvidence(found).rounded, isRefused: found.buddy == nil)
    }

    /// From the click to the mesh and back, in the object of the click.
    private func roundTrip(_ click: LabelledClick, _ judge: PixelJudge, _ record: inout ReverseRecord) throws {
        let clicked = Click(click.pixel)
        let there = try bench.answer(clicked, in: photo, on: mesh)
        let object = try SearchedObject(FoundObject(mask: there.masks.object, click: clicked.pixel, isGiven: true), in: photo, at: bench)
        let nearest = try mesh.nearestVertex(to: object.features.feature(at: clicked.pixel.center), at: bench)
        record.answers[ReverseMethod.nearestRoundTrip.rawValue] = try judge.judged(
            nearest.flatMap { try object.nearest(to: $0, of: mesh.features(at: bench)) })
        var answer = PixelAnswer.none
        if let vertex = there.correspondence.buddy?.vertex, let part = there.segment {
            let found = try LocateJob(at: bench).run(photo, mesh, vertex: vertex, part: part, object: object.found)
            answer = try judge.judged(found.correspondence.buddy?.pixel, mask: found.mask)
        }
        record.answers[ReverseMethod.roundTrip.rawValue] = answer
    }
}

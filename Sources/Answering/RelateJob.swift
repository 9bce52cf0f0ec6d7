import BSBCorrespondence
import BSBImages
import BSBWorkbench
import Foundation

/// By what the place in the second photo is found, once the meshes lead to one.
package enum RelateWay: String, Sendable, Hashable, Codable, CaseIterable {
    /// By comparing both photos: on pairs of real photos this finds the part at least as often.
    case photos
    /// By way of the meshes all along.
    case meshes

    /// Why the place is found so, as a sentence.
    package var reason: String {
        switch self {
        case .photos:
            "The meshes say whether the part is there; its place is that of comparing the photos, which on pairs of real photos is right at least as often."
        case .meshes: "The place is that to which the meshes lead."
        }
    }
}

/// Image to image through meshes: a click in one photo finds its part in another by way of a mesh, or of several that vote.
///
/// For each mesh the click finds its part of the mesh, and the buddy vertex with that part is sought in the other photo. The confidence of
/// this chain is the product of its two IoUs. The answers of all meshes are grouped by the overlap of their masks; the group of the
/// largest summed confidence wins, and in it the most confident mesh. Where no mesh leads to the second photo there is no answer; where one
/// does, the place is the mesh's, or that of comparing the photos (``RelateWay``).
package struct RelateJob: Sendable {
    /// What one mesh says.
    package struct Chain: Sendable {
        /// From the first photo to the mesh.
        package var there: Answer
        /// Where in the second photo the object is.
        package var object: FoundObject
        /// From the mesh to the second photo, where the first step succeeded.
        package var on: LocateJob.Outcome?
        /// The product of both IoUs; 0 without an answer.
        package var confidence: Float
        /// The number of the group of answers that it belongs to, where it has one.
        package var group: Int?
    }

    /// What comparing the photos themselves says, without a mesh.
    package struct Direct: Sendable {
        /// The pixel of the second photo's object that is mutually most similar to the click (``MutualPixels``).
        package var pixel: Pixel
        /// Cosine of the features of both.
        package var similarity: Float
        /// The mask there.
        package var mask: Mask
        /// The segmenter's own estimate of that mask's IoU with the truth.
        package var predictedIoU: Float
        /// The pixel of the first photo's object that it leads back to.
        package var returnPixel: Pixel
        /// IoU of the mask there with the clicked part: how well the way back ends where it began.
        package var returnIoU: Float
    }

    /// Everything known after relating.
    package struct Outcome: Sendable {
        /// The photo that was clicked.
        package var first: OpenPhoto
        /// The other photo.
        package var second: OpenPhoto
        /// The click.
        package var click: Click
        /// The clicked object and part.
        package var masks: ClickMasks
        /// What each mesh says, in the order given.
        package var chains: [Chain]
        /// The index of the chain that is the answer, if any has one.
        package var best: Int?
        /// The summed confidence of the winning group over that of all; 1 where all agree.
        package var agreement: Float
        /// The comparison without a mesh, where there are features to compare.
        package var direct: Direct?
        /// IoU of the winning mask with that of the comparison without a mesh.
        package var directIoU: Float?
        /// By what the place was to be found.
        package var way: RelateWay
        /// Seconds by stage.
        package var timings: [String: Double] = [:]

        /// The mesh that leads to the second photo, if any does.
        package var chain: Chain? { best.map { chains[$0] } }

        /// By what the place is found: photos that cannot be compared leave that of the meshes.
        package var placedBy: RelateWay { direct == nil ? .meshes : way }

        /// The answer: a pixel of the second photo, the mask there, and the segmenter's own estimate of its IoU with the truth.
        package var place: (pixel: Pixel, mask: Mask, predictedIoU: Float)? {
            guard let on = chain?.on, let buddy = on.correspondence.buddy, let mask = on.mask else { return nil }
            if placedBy == .photos, let direct { return (direct.pixel, direct.mask, direct.predictedIoU) }
            return (buddy.pixel, mask, on.predictedIoU ?? 0)
        }
    }

    /// Answers whose masks overlap by this IoU are one group.
    package static let groupIoU: Float = 0.5

    private let bench: Workbench
    private let way: RelateWay

    /// A job that works at `bench` and finds places by `way`.
    package init(at bench: Workbench, by way: RelateWay = .photos) {
        (self.bench, self.way) = (bench, way)
    }

    /// Relates a click in the photo `first` to the photo `second` through the mesh files `meshes`.
    ///
    /// - Parameter first: the file of the clicked photo.
    /// - Parameter click: the click in it.
    /// - Parameter second: the file of the photo that is asked.
    /// - Parameter meshes: files of meshes of the objects' kind.
    /// - Parameter objectClick: where the object is in the second photo; without, each mesh finds it by ``ObjectFinder``.
    /// - Throws: `Failure` for inputs that cannot be used.
    package func run(first: String, click: Click, second: String, meshes: [String], objectClick: Pixel? = nil) throws -> Outcome {
        var watch = Stopwatch()
        let photos = try watch.measure("photos") {
            (try OpenPhoto(contentsOf: first), try OpenPhoto(contentsOf: second))
        }
        try photos.0.check(click.pixel)
        if let objectClick { try photos.1.check(objectClick) }
        let meshes = try watch.measure("meshes") { try meshes.map { try OpenMesh(contentsOf: $0, at: bench) } }
        let objects = try watch.measure("object") {
            try meshes.map { try ObjectFinder(at: bench).object(in: photos.1, at: objectClick, like: $0) }
        }
        var outcome = try run(photos.0, click: click, photos.1, through: meshes, objects: objects)
        outcome.timings.merge(watch.seconds) { $0 + $1 }
        return outcome
    }

    /// Relates a click in one photo to another through meshes.
    ///
    /// `objects` says for each mesh where its object is in the second photo. Throws `Failure` for a click that cannot be used, and if a model
    /// cannot be run.
    package func run(
        _ first: OpenPhoto, click: Click, _ second: OpenPhoto, through meshes: [OpenMesh], objects: [FoundObject]
    ) throws -> Outcome {
        precondition(meshes.count == objects.count, "an object for each mesh")
        var watch = Stopwatch()
        let masks = try first.masks(of: click, at: bench)
        let chains = try watch.measure("matching") {
            try zip(meshes, objects).map { try chain(from: first, click, masks, through: $0, to: second, object: $1) }
        }
        var outcome = Outcome(
            first: first, second: second, click: click, masks: masks, chains: chains, best: nil, agreement: 0, direct: nil, directIoU: nil,
            way: way)
        Self.vote(&outcome)
        try watch.measure("direct") { try compareDirectly(&outcome) }
        outcome.timings = watch.seconds
        return outcome
    }

    private func chain(
        from first: OpenPhoto, _ click: Click, _ masks: ClickMasks, through mesh: OpenMesh, to second: OpenPhoto, object: FoundObject
    ) throws -> Chain {
        let there = try bench.answer(click, in: first, on: mesh, masks: masks)
        guard let buddy = there.correspondence.buddy, let part = there.segment else {
            return Chain(there: there, object: object, on: nil, confidence: 0, group: nil)
        }
        let on = try LocateJob(at: bench).run(second, mesh, vertex: buddy.vertex, part: part, object: object)
        return Chain(there: there, object: object, on: on, confidence: (buddy.iou ?? 0) * (on.correspondence.buddy?.iou ?? 0), group: nil)
    }

    /// Groups the answers by overlap, the most confident first, and chooses.
    private static func vote(_ outcome: inout Outcome) {
        let answered = outcome.chains.indices.filter { outcome.chains[$0].on?.mask != nil }
            .sorted { (outcome.chains[$0].confidence, $1) > (outcome.chains[$1].confidence, $0) }
        var leaders: [Int] = []
        var weights: [Float] = []
        for index in answered {
            guard let mask = outcome.chains[index].on?.mask else { continue }
            let group =
                leaders.firstIndex { leader in
                    outcome.chains[leader].on?.mask.map { $0.intersectionOverUnion(mask) >= groupIoU } ?? false
                } ?? leaders.count
            if group == leaders.count {
                leaders.append(index)
                weights.append(0)
            }
            outcome.chains[index].group = group
            weights[group] += outcome.chains[index].confidence
        }
        guard let winner = weights.indices.max(by: { (weights[$0], $1) < (weights[$1], $0) }) else { return }
        let total = weights.reduce(0, +)
        outcome.best = leaders[winner]
        outcome.agreement = total > 0 ? weights[winner] / total : 1 / Float(weights.count)
    }

    /// Compares the photos without a mesh, in the same object as the answer, or the object of the first mesh.
    private func compareDirectly(_ outcome: inout Outcome) throws {
        guard let chain = outcome.best.map({ outcome.chains[$0] }) ?? outcome.chains.first else { return }
        let object = chain.object
        let first = try outcome.first.comparisonFeatures(of: outcome.masks.object, including: outcome.click.pixel, at: bench)
        let second = try outcome.second.comparisonFeatures(of: object.mask, including: object.click, at: bench)
        let query = first.feature(at: outcome.click.pixel.center)
        guard let match = MutualPixels(of: second, in: object.mask, relativeTo: first, in: outcome.masks.object).best(for: query)
        else { return }
        let level = bench.settings.matching.partLevel
        let answer = try outcome.second.answer(at: match.pixel, at: bench)
        let mask = answer.mask(level, including: match.pixel.center)
        let back = MutualPixels(of: first, in: outcome.masks.object, relativeTo: second, in: object.mask)
        guard let home = back.best(for: second.feature(at: match.pixel.center)) else { return }
        let ending = try outcome.first.answer(at: home.pixel, at: bench).mask(level)
        outcome.direct = Direct(
            pixel: match.pixel, similarity: match.similarity, mask: mask, predictedIoU: answer.predictedIoU[level.index],
            returnPixel: home.pixel,
            returnIoU: ending.intersectionOverUnion(outcome.masks.part))
        outcome.directIoU = outcome.best.flatMap { outcome.chains[$0].on?.mask?.intersectionOverUnion(mask) }
    }
}

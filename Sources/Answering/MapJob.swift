import BSBBackbones
import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBWorkbench
import Foundation

/// Maps a whole object part by part: every region that the segmenter sees in the photo finds its part of the mesh.
package struct MapJob: Sendable {
    /// How the object is divided.
    package struct Options: Sendable, Hashable, Codable {
        /// The most clicks that are spread over the object.
        package var clicks = 100
        /// Masks whose IoU is at least this are one region.
        package var mergeIoU: Float = 0.5
        /// The least share of the object that a region has.
        package var minimumShare: Float = 0.01
        /// Whether each pixel is given its point too.
        package var isDense = false

        /// The default options.
        package init() {}
    }

    /// One region of the photo.
    package struct Region: Sendable {
        /// The click that stands for it: the pixel deepest inside.
        package var click: Pixel
        /// All of the segmenter's mask that lies in the object.
        package var mask: Mask
        /// What is left of the mask where smaller regions lie over it; the visible parts of regions do not overlap.
        package var visible: Mask
        /// The segmenter's own estimate of the mask's IoU with the truth.
        package var predictedIoU: Float
        /// Clicks whose masks were merged into it.
        package var votes: Int
        /// What matching found.
        package var correspondence = Correspondence()
        /// The part of the mesh, if there is a correspondence.
        package var segment: SurfaceSegment?
        /// How the part was found, or would have been.
        package var method = SurfaceMethod.lift
    }

    /// Everything known after mapping.
    package struct Outcome: Sendable {
        /// The photo.
        package var photo: OpenPhoto
        /// The mesh.
        package var mesh: OpenMesh
        /// The object that was mapped.
        package var object: FoundObject
        /// Its regions, the largest first.
        package var regions: [Region]
        /// #V: 1 for the first region and so on, 0 for vertices that no region reaches.
        package var vertexLabels: [Int32]
        /// The point of each pixel, where it was asked for and the mesh can be seen.
        package var dense: DenseJob.Outcome?
        /// Seconds by stage.
        package var timings: [String: Double] = [:]
    }

    private let bench: Workbench
    private let options: Options

    /// A job that works at `bench`.
    package init(at bench: Workbench, options: Options = Options()) {
        self.bench = bench
        self.options = options
    }

    /// Maps the object of the photo `image` to the mesh in the file `mesh`.
    ///
    /// - Parameter image: the photo's file.
    /// - Parameter mesh: the mesh's file.
    /// - Parameter objectClick: where the object is in the photo; without, it is found by ``ObjectFinder``.
    /// - Throws: `Failure` for inputs that cannot be used.
    package func run(image: String, mesh: String, objectClick: Pixel? = nil) throws -> Outcome {
        var watch = Stopwatch()
        let photo = try watch.measure("photo") { try OpenPhoto(contentsOf: image) }
        if let objectClick { try photo.check(objectClick) }
        let mesh = try watch.measure("mesh") { try OpenMesh(contentsOf: mesh, at: bench) }
        return try run(photo, mesh, objectClick, &watch)
    }

    /// Maps the object of an open photo to an open mesh; see ``run(image:mesh:objectClick:)``.
    package func run(_ photo: OpenPhoto, _ mesh: OpenMesh, objectClick: Pixel? = nil) throws -> Outcome {
        var watch = Stopwatch()
        return try run(photo, mesh, objectClick, &watch)
    }

    /// Maps a given object of an open photo; see ``run(image:mesh:objectClick:)``.
    package func run(_ photo: OpenPhoto, _ mesh: OpenMesh, object: FoundObject) throws -> Outcome {
        var watch = Stopwatch()
        return try run(photo, mesh, object, &watch)
    }

    private func run(_ photo: OpenPhoto, _ mesh: OpenMesh, _ objectClick: Pixel?, _ watch: inout Stopwatch) throws -> Outcome {
        let object = try watch.measure("object") { try ObjectFinder(at: bench).object(in: photo, at: objectClick, like: mesh) }
        return try run(photo, mesh, object, &watch)
    }

    private func run(_ photo: OpenPhoto, _ mesh: OpenMesh, _ object: FoundObject, _ watch: inout Stopwatch) throws -> Outcome {
        let regions = try watch.measure("regions") { try self.regions(of: object.mask, in: photo) }
        var outcome = try watch.measure("matching") { try map(regions, photo, mesh, object) }
        if options.isDense {
            outcome.dense = try watch.measure("dense") { try DenseJob(at: bench).run(photo, mesh, object: object) }
        }
        outcome.timings = watch.seconds
        return outcome
    }

    /// The regions of an object: masks of clicks spread over it, merged by overlap, the smaller over the larger.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func regions(of object: Mask, in photo: OpenPhoto) throws -> [Region] {
        let area = Float(object.count)
        let spacing = max(1, Int((area / Float(max(1, options.clicks))).squareRoot()))
        let clicks = PixelSimilarity.lattice(in: object, spacing: spacing, limit: options.clicks)
        let answers = try photo.answers(to: clicks.map { Prompt(points: [Prompt.Point($0.center)]) }, at: bench)
        let level = bench.settings.matching.partLevel
        let order = answers.indices.sorted { (answers[$0].predictedIoU[level.index], $1) > (answers[$1].predictedIoU[level.index], $0) }
        var regions: [Region] = []
        for index in order {
            let mask = answers[index].mask(level, including: clicks[index].center).intersection(object)
            guard Float(mask.count) >= options.minimumShare * area else { continue }
            if let same = regions.firstIndex(where: { $0.mask.intersectionOverUnion(mask) >= options.mergeIoU }) {
                regions[same].votes += 1
            } else {
                regions.append(
                    Region(
                        click: clicks[index], mask: mask, visible: mask, predictedIoU: answers[index].predictedIoU[level.index], votes: 1))
            }
        }
        return visible(regions.sorted { $0.mask.count > $1.mask.count }, minimum: options.minimumShare * area)
    }

    /// Lays the smaller regions over the larger ones and leaves out those of which too little is seen.
    private func visible(_ regions: [Region], minimum: Float) -> [Region] {
        var covered: Mask?
        var kept: [Region] = []
        for var region in regions.reversed() {
            region.visible = covered.map { region.mask.subtracting($0) } ?? region.mask
            guard Float(region.visible.count) >= minimum, !region.visible.isEmpty else { continue }
            covered = covered.map { $0.union(region.mask) } ?? region.mask
            region.click = (region.visible.components(limit: 1).first ?? region.visible).deepestPixel ?? region.click
            kept.append(region)
        }
        return kept.reversed()
    }

    private func map(_ regions: [Region], _ photo: OpenPhoto, _ mesh: OpenMesh, _ object: FoundObject) throws -> Outcome {
        var outcome = Outcome(photo: photo, mesh: mesh, object: object, regions: regions, vertexLabels: [])
        for index in regions.indices {
            bench.progress(ProgressUpdate(stage: "Matching regions", done: index, total: regions.count))
            let answer = try bench.answer(
                Click(regions[index].click, objectPixel: object.click), in: photo, on: mesh,
                masks: ClickMasks(object: object.mask, part: regions[index].mask))
            outcome.regions[index].correspondence = answer.correspondence
            outcome.regions[index].segment = answer.segment
            outcome.regions[index].method = answer.method
        }
        bench.progress(ProgressUpdate(stage: "Matching regions", done: regions.count, total: regions.count))
        outcome.regions = Self.merged(outcome.regions, on: mesh)
        outcome.vertexLabels = LabelBorders(mesh).settled(Self.vertexLabels(outcome.regions, count: mesh.mesh.vertices.count))
        return outcome
    }

    /// Parts of the mesh that overlap by this IoU are one.
    private static let samePartIoU = 0.5

    /// Regions, the largest first, of which those that land on one part of the mesh are one, with the part of the surest.
    static func merged(_ regions: [Region], on mesh: OpenMesh) -> [Region] {
        func sureness(_ region: Region) -> Float { region.correspondence.buddy?.iou ?? 0 }
        func overlap(_ a: Region, _ b: Region) -> Double {
            guard let a = a.segment?.vertexLabels, let b = b.segment?.vertexLabels else { return 0 }
            let either = mesh.share(of: zip(a, b).map { $0 || $1 })
            return either > 0 ? mesh.share(of: zip(a, b).map { $0 && $1 }) / either : 0
        }
        var kept: [Region] = []
        // Swift's sort is stable.
        for region in regions.sorted(by: { sureness($0) > sureness($1) }) {
            if let same = kept.firstIndex(where: { overlap($0, region) >= samePartIoU }) {
                kept[same].mask = kept[same].mask.union(region.mask)
                kept[same].visible = kept[same].visible.union(region.visible)
                kept[same].votes += region.votes
            } else {
                kept.append(region)
            }
        }
        return kept.sorted { $0.mask.count > $1.mask.count }
    }

    /// #V: for each vertex the region in whose part it is; where parts overlap, that of the largest probability x IoU.
    static func vertexLabels(_ regions: [Region], count: Int) -> [Int32] {
        var labels = [Int32](repeating: 0, count: count)
        var best = [Float](repeating: 0, count: count)
        for (index, region) in regions.enumerated() {
            guard let segment = region.segment else { continue }
            let iou = region.correspondence.buddy?.iou ?? 0
            for (vertex, isInside) in segment.vertexLabels.enumerated() where isInside {
                let weight = segment.probability[vertex] * (iou + 1e-3)
                if weight > best[vertex] { (best[vertex], labels[vertex]) = (weight, Int32(index + 1)) }
            }
        }
        return labels
    }
}

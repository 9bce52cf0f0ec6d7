import BSBBackbones
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBWorkbench
import Foundation

/// How a part is followed from frame to frame.
package struct FollowOptions: Sendable, Hashable, Codable {
    /// How labels are carried over.
    package var propagation = LabelPropagation()
    /// Whether the mesh has a say at all.
    package var usesMesh = true
    /// How much of a cell's share of the part the mesh decides where the part was not seen in the frame before, 0 to 1.
    package var anchorShare: Float = 0.5
    /// The earlier frames that labels are carried from, beside the first.
    package var memory = 3
    /// How far from its place in the frame before something is sought, in shares of the picture's longer side.
    package var reach: Float = 0.15
    /// How much of the object's longer side lies around it in the cut of the frame that is looked at.
    package var margin: Float = 0.3
    /// The IoU with the map below which none of the segmenter's masks is taken, but the map itself.
    package var leastAgreement: Float = 0.4
    /// The confidence below which a frame does not show the part.
    package var leastConfidence: Float = 0.5

    /// What was chosen on films of training shapes (docs/both-ways.md).
    package init() {}
}

/// The part in one frame, or that it is not there.
package struct FollowedPart: Sendable {
    /// The part's pixels; nil where the frame does not show it.
    package var mask: Mask?
    /// How sure the mask is, 0 to 1; where the frame does not show the part, how sure the best that there was would have been.
    package var confidence: Float
    /// Whether the mask is the segmenter's, and not the map's own.
    package var isSegmented = false
    /// What the confidence is made of; nil where no cell was more of the part than not.
    package var evidence: Evidence?

    /// What speaks for a mask, each from 0 to 1.
    package struct Evidence: Sendable, Hashable, Codable {
        /// The mean of the map over the mask.
        package var share: Float
        /// IoU of the map with the segmenter's mask that agrees best, whether or not that was taken.
        package var agreement: Float
        /// How like the part its cells are: 0 as much as what is behind the object in the first frame, 1 as the part there.
        package var likeness: Float

        /// The geometric mean of all three.
        package var confidence: Float { Float(cbrt(Double(share * agreement * likeness))) }
    }
}

/// Follows the part that a click means from frame to frame.
///
/// The paper names video as future work; this way is our own. For each cell of a frame's features it is worked out how much of it is of
/// the part, of the rest of the object, and of what is behind: labels are carried from the first frame and the latest ones
/// (``LabelPropagation``). The mesh is the anchor, which does not move with what was carried (``SurfaceMembership``): a part that looks
/// another way than in the first frame is known by being like the mesh's part, and one that was not seen is sought by what the mesh says.
/// The segmenter is prompted at the deepest pixel of the map, and its mask that agrees best is the part.
package struct PartFollower: Sendable {
    private let bench: Workbench
    private let options: FollowOptions
    private let first: LabelPropagation.Reference
    private let original: Likeness
    private let anchor: Anchor?
    private var recent: [LabelPropagation.Reference] = []
    /// Where the object was in the frame before, as shares of width and height; nil where it was not seen.
    private var object: (low: SIMD2<Float>, high: SIMD2<Float>)?
    /// Whether the part was seen in the frame before.
    private var isSeen = true

    /// Cosines with the part, scaled so that what is behind the first frame's object has 0.
    private struct Likeness: Sendable {
        var low: Float
        var high: Float

        func callAsFunction(_ cosine: Float) -> Float { high > low ? min(max((cosine - low) / (high - low), 0), 1) : 0 }
    }

    /// What the mesh says, scaled by what it says about the first frame.
    private struct Anchor: Sendable {
        var membership: SurfaceMembership
        /// 0 on the rest of the object, 1 on the part.
        var share: Likeness
        var likeness: Likeness
    }

    private static let (part, rest, behind) = (0, 1, 2)

    /// What models see of frames is kept up to so many bytes.
    private static let kept = 1 << 26

    /// Follows the part of an answer from its photo on.
    ///
    /// Throws `Failure` if a model cannot be run.
    package init(_ answer: Answer, options: FollowOptions = FollowOptions(), at bench: Workbench) throws {
        self.options = options
        // Frames are seen once.
        var frames = bench
        (frames.cache, frames.memory) = (CacheDirectory(path: nil), BoundedMemory(limit: Self.kept))
        self.bench = frames
        let (image, masks) = (answer.photo.image, answer.masks)
        let object = masks.object.union(masks.part)
        self.object = Self.shares(object.boundingBox, image)
        let grid = try answer.photo.features(in: Self.area(self.object, image, options.margin), at: bench)
        let cells = FeatureCells(grid, width: image.width, height: image.height)
        let labels = Self.labels(of: grid, part: masks.part, object: object)
        first = LabelPropagation.Reference(cells, labels: labels)
        recent = [first]
        let itself = Self.cosines(of: cells, with: first)
        func mean(_ values: [Float], _ label: Int) -> Float? { Self.mean(values, labels, label) }
        func level(_ values: [Float]) -> Float { mean(values, Self.behind) ?? mean(values, Self.rest) ?? 0 }
        original = Likeness(low: level(itself), high: 1)
        let surface = try answer.mesh.features(at: bench)
        anchor = answer.segment.flatMap { SurfaceMembership(of: $0.probability, on: surface) }.flatMap { membership in
            let said = membership.values(at: cells, parallelism: bench.parallelism)
            guard options.usesMesh, let share = mean(said.membership, Self.part), let likeness = mean(said.likeness, Self.part) else {
                return nil
            }
            return Anchor(
                membership: membership,
                share: Likeness(low: mean(said.membership, Self.rest) ?? level(said.membership), high: share),
                likeness: Likeness(low: level(said.likeness), high: likeness))
        }
    }

    /// The part in the next frame.
    ///
    /// Throws `Failure` if a model cannot be run.
    /// - Complexity: O(cells x (1 + memory) x cells x d), and one look of each model, or two where the part is not where it was.
    package mutating func next(_ photo: OpenPhoto) throws -> FollowedPart {
        let image = photo.image
        let whole = PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
        var area = Self.area(object, image, options.margin)
        var look = try self.look(at: photo, area)
        if look.part.mask == nil, area != whole {
            area = whole
            look = try self.look(at: photo, whole)
        }
        if look.part.mask != nil, area == whole {
            // Nearer by, as the first frame was looked at.
            let near = Self.area(Self.shares(look.object.boundingBox, image), image, options.margin)
            if Float(near.width * near.height) < 0.6 * Float(whole.width * whole.height) {
                let closer = try self.look(at: photo, near)
                if closer.part.mask != nil { look = closer }
            }
        }
        guard let mask = look.part.mask else {
            (object, isSeen) = (nil, false)
            return look.part
        }
        let seen = look.object.union(mask)
        (object, isSeen) = (Self.shares(seen.boundingBox, image), true)
        // Half of what is handed on is the mask, and half the map that it was made from.
        var labels = Self.labels(of: look.grid, part: mask, object: seen)
        for index in labels.values.indices { labels.values[index] = (labels.values[index] + look.labels.values[index]) / 2 }
        recent.append(LabelPropagation.Reference(look.cells, labels: labels))
        recent.removeFirst(max(0, recent.count - options.memory))
        return look.part
    }

    /// What one look at a cut of a frame tells.
    private struct Look {
        var grid: FeatureGrid
        var cells: FeatureCells
        /// cells x 3.
        var labels: Matrix
        var part: FollowedPart
        var object: Mask
    }

    private func look(at photo: OpenPhoto, _ area: PixelRectangle) throws -> Look {
        let image = photo.image
        let grid = try photo.features(in: area, at: bench)
        let cells = FeatureCells(grid, width: image.width, height: image.height)
        // Once it was not seen it may be anywhere.
        let latest = recent.map { LabelPropagation.Reference($0.cells, labels: $0.labels, reach: isSeen ? options.reach : nil) }
        var labels = options.propagation.labels(of: cells, from: [first] + latest, parallelism: bench.parallelism)
        var likeness = Self.cosines(of: cells, with: first).map { original($0) }
        if let anchor {
            let said = anchor.membership.values(at: cells, parallelism: bench.parallelism)
            for cell in likeness.indices {
                likeness[cell] = max(likeness[cell], anchor.likeness(said.likeness[cell]))
                guard !isSeen else { continue }
                let (part, rest) = (labels[cell, Self.part], labels[cell, Self.rest])
                let share = (1 - options.anchorShare) * part + options.anchorShare * (part + rest) * anchor.share(said.membership[cell])
                (labels[cell, Self.part], labels[cell, Self.rest]) = (share, part + rest - share)
            }
        }
        let map = column(labels, grid) { $0[Self.part] }
        let objectMap = column(labels, grid) { $0[Self.part] + $0[Self.rest] }
        let object = Self.mask(of: objectMap, above: 0.5, in: area, image).components(limit: 1).first
        var look = Look(
            grid: grid, cells: cells, labels: labels, part: FollowedPart(confidence: 0),
            object: object ?? Mask(width: image.width, height: image.height))
        let region = Self.mask(of: map, above: 0.5, in: area, image)
        guard let piece = region.components(limit: 1).first, let pixel = piece.deepestPixel else { return look }
        let (best, agreement) = try mask(at: pixel, agreeing: region, object: look.object, in: photo)
        look.part.isSegmented = agreement >= options.leastAgreement
        let mask = look.part.isSegmented ? best : region
        let inside = (0..<cells.centers.count).filter { cell in
            let point = grid.point(column: Float(cell % grid.columns), row: Float(cell / grid.columns))
            let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
            return x >= 0 && y >= 0 && x < image.width && y < image.height && mask[x, y]
        }
        func mean(_ values: [Float]) -> Float { inside.isEmpty ? 0 : inside.reduce(0) { $0 + values[$1] } / Float(inside.count) }
        let evidence = FollowedPart.Evidence(share: mean(map.values), agreement: agreement, likeness: mean(likeness))
        (look.part.evidence, look.part.confidence) = (evidence, evidence.confidence)
        if evidence.confidence >= options.leastConfidence { look.part.mask = mask }
        return look
    }

    /// The segmenter's mask at a pixel that agrees best with the map, and its IoU with that.
    private func mask(at pixel: Pixel, agreeing region: Mask, object: Mask, in photo: OpenPhoto) throws -> (mask: Mask, agreement: Float) {
        let window = object.union(region).boundingBox.flatMap {
            PictureWindow(around: $0, inWidth: photo.image.width, height: photo.image.height)
        }
        let answer = try photo.objectAnswers(to: [Prompt(points: [Prompt.Point(pixel.center)])], in: window, at: bench)[0]
        let masks = answer.logits.indices.map { answer.mask(at: $0, including: pixel.center) }
        let scored = masks.map { (mask: $0, agreement: $0.intersectionOverUnion(region)) }
        return scored.max { $0.agreement < $1.agreement } ?? (region, 0)
    }

    /// For each cell the cosine with the most similar cell of the part in a reference; -1 where that has none.
    private static func cosines(of cells: FeatureCells, with reference: LabelPropagation.Reference) -> [Float] {
        let most = (0..<reference.labels.rows).map { reference.labels[$0, part] }.max() ?? 0
        let wanted = (0..<reference.labels.rows).filter { reference.labels[$0, part] >= min(0.5, most) && most > 0 }
        let products = Matrix.product(cells.directions.factor, reference.cells.directions.gatheringRows(wanted).transposed)
        return (0..<products.rows).map { products.row($0).max() ?? -1 }
    }

    /// A map of one number for each cell.
    private func column(_ labels: Matrix, _ grid: FeatureGrid, _ value: ([Float]) -> Float) -> FeatureGrid {
        FeatureGrid(
            columns: grid.columns, rows: grid.rows, dimension: 1, values: (0..<labels.rows).map { value(Array(labels.row($0))) },
            map: grid.map, knots: grid.knots)
    }

    /// The pixels of a cut at which an interpolated map is above a threshold.
    private static func mask(of map: FeatureGrid, above threshold: Float, in area: PixelRectangle, _ image: Image) -> Mask {
        var mask = Mask(width: image.width, height: image.height)
        for y in area.y..<(area.y + area.height) {
            var start: Int?
            for x in area.x...(area.x + area.width) {
                let isInside = x < area.x + area.width && value(of: map, at: [Float(x) + 0.5, Float(y) + 0.5]) > threshold
                if isInside, start == nil { start = x }
                if !isInside, let from = start {
                    mask.insert(from..<x, row: y)
                    start = nil
                }
            }
        }
        return mask
    }

    private static func value(of map: FeatureGrid, at point: SIMD2<Float>) -> Float {
        let stencil = map.stencil(at: point)
        var value: Float = 0
        for corner in 0..<4 { value += stencil.weights[corner] * map.values[Int(stencil.cells[corner])] }
        return value
    }

    /// cells x 3: the share of each cell that is of the part, of the rest of the object, and of what is behind.
    private static func labels(of grid: FeatureGrid, part: Mask, object: Mask) -> Matrix {
        var labels = Matrix(rows: grid.rows * grid.columns, columns: 3)
        let steps: [Float] = [-0.375, -0.125, 0.125, 0.375]
        for cell in 0..<labels.rows {
            let (column, row) = (Float(cell % grid.columns), Float(cell / grid.columns))
            for dy in steps {
                for dx in steps {
                    let point = grid.point(column: column + dx, row: row + dy)
                    let x = min(max(Int(point.x.rounded(.down)), 0), part.width - 1)
                    let y = min(max(Int(point.y.rounded(.down)), 0), part.height - 1)
                    labels[cell, part[x, y] ? Self.part : object[x, y] ? Self.rest : Self.behind] += 1 / 16
                }
            }
        }
        return labels
    }

    /// The mean of values weighted by one of the labels; nil where hardly anything has it.
    private static func mean(_ values: [Float], _ labels: Matrix, _ label: Int) -> Float? {
        var (sum, total) = (Float(0), Float(0))
        for (cell, value) in values.enumerated() {
            sum += value * labels[cell, label]
            total += labels[cell, label]
        }
        return total >= 0.5 ? sum / total : nil
    }

    private static func shares(_ box: PixelRectangle?, _ image: Image) -> (low: SIMD2<Float>, high: SIMD2<Float>)? {
        guard let box else { return nil }
        let size = SIMD2(Float(image.width), Float(image.height))
        return (
            SIMD2(Float(box.x), Float(box.y)) / size, SIMD2(Float(box.x + box.width), Float(box.y + box.height)) / size
        )
    }

    /// The cut of a picture around an object, or all of it where there is none.
    private static func area(_ object: (low: SIMD2<Float>, high: SIMD2<Float>)?, _ image: Image, _ margin: Float) -> PixelRectangle {
        let whole = PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
        guard let object else { return whole }
        let size = SIMD2(Float(image.width), Float(image.height))
        let (low, high) = (object.low * size, object.high * size)
        let around = margin * max(high.x - low.x, high.y - low.y)
        let (x, y) = (Int((low.x - around).rounded(.down)), Int((low.y - around).rounded(.down)))
        let box = PixelRectangle(
            x: x, y: y, width: Int((high.x + around).rounded(.up)) - x, height: Int((high.y + around).rounded(.up)) - y)
        return box.clipped(width: image.width, height: image.height)
    }
}

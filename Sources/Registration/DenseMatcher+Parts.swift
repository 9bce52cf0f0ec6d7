import BSBBasics
import BSBImages
import BSBRendering

extension DenseMatcher {
    /// A part of a surface and where it is in the photo.
    package struct PlacedPart: Sendable {
        /// #F: the triangles of the part.
        package var isPart: [Bool]
        /// The part in the photo.
        package var mask: Mask

        /// A part of a surface that a mask shows.
        package init(isPart: [Bool], mask: Mask) {
            (self.isPart, self.mask) = (isPart, mask)
        }
    }

    /// A map of the object of which each part is fitted once more to its own mask, blended where parts meet.
    ///
    /// A part that the map draws elsewhere than its mask is has been taken for another, and stays as it is.
    ///
    /// - Parameter map: of the object.
    /// - Parameter parts: parts that do not overlap.
    /// - Returns: the map as it is where blending would fold it, or no part is drawn more like its mask.
    /// - Throws: `Failure` if a system of a warp cannot be solved.
    package func refined(_ map: DenseMap, parts: [PlacedPart]) throws -> DenseMap {
        let lattice = map.lattice
        let hits = map.scene.nearestHits(from: map.camera, at: lattice)
        guard let photo = parts.first?.mask else { return map }
        let drawn = map.spots(of: Mask(width: photo.width, height: photo.height) { _, _ in true }, isFilled: false)
        let fitted = try parallelism.map(parts.count) { index -> DenseMap? in
            guard Self.overlap(of: parts[index], with: drawn) >= Self.samePlace else { return nil }
            return try refined(map, part: parts[index].isPart, mask: parts[index].mask)
        }
        var sums = [SIMD2<Double>](repeating: .zero, count: lattice.count)
        var totals = [Double](repeating: 0, count: lattice.count)
        // A node has the maps of what is shown around it.
        let reach = 2
        for y in 0..<lattice.rows {
            for x in 0..<lattice.columns {
                guard let hit = hits[y * lattice.columns + x] else { continue }
                let own = parts.indices.first { parts[$0].isPart[Int(hit.face)] }.flatMap { fitted[$0] } ?? map
                for row in max(0, y - reach)...min(lattice.rows - 1, y + reach) {
                    for column in max(0, x - reach)...min(lattice.columns - 1, x + reach) {
                        let node = row * lattice.columns + column
                        sums[node] += own.displacement(at: lattice.place(node))
                        totals[node] += 1
                    }
                }
            }
        }
        let displacement = (0..<lattice.count).map { totals[$0] > 0 ? sums[$0] / totals[$0] : map.displacement[$0] }
        let folds = LatticeWarp.folds(displacement, lattice, hits.map { $0 != nil })
        guard folds <= map.folds else { return map }
        return DenseMap(
            camera: map.camera, score: map.score, folds: folds, lattice: lattice, displacement: displacement, scene: map.scene)
    }

    /// The IoU from which on a part is where its mask is.
    private static let samePlace = 0.3

    /// IoU of a part with its mask, where a map draws the spots: one for each pixel of the photo.
    private static func overlap(of part: PlacedPart, with drawn: [SurfaceSpot?]) -> Double {
        var (common, either) = (0, 0)
        for (pixel, spot) in drawn.enumerated() {
            let isDrawn = spot.map { part.isPart[Int($0.face)] } ?? false
            let isWanted = part.mask[pixel % part.mask.width, pixel / part.mask.width]
            if isDrawn && isWanted { common += 1 }
            if isDrawn || isWanted { either += 1 }
        }
        return either > 0 ? Double(common) / Double(either) : 0
    }
}

import BSBBasics
import BSBImages
import BSBLinearAlgebra
import BSBRendering

extension DenseMatcher {
    /// A map of the object, fitted once more where it shows one part: the part's outline comes to lie on that of a mask.
    ///
    /// Where the map draws the part beside its mask, it is first moved and stretched onto the mask's box.
    ///
    /// - Parameter map: of the object.
    /// - Parameter isPart: #F: the triangles of the part.
    /// - Parameter mask: the part in the photo.
    /// - Returns: the map as it is where the view does not show the part, or the fit does not draw it more like its mask.
    /// - Throws: `Failure` if a system of the warp cannot be solved.
    package func refined(_ map: DenseMap, part isPart: [Bool], mask: Mask) throws -> DenseMap {
        guard let lattice = ObjectLattice(features, object: mask, nodes: 36, margin: 0.5) else { return map }
        let hits = map.scene.nearestHits(from: map.camera, at: lattice)
        var (row, spots) = ([Int](), [SurfaceSpot]())
        for hit in hits {
            let spot = hit.flatMap { isPart[Int($0.face)] ? SurfaceSpot($0) : nil }
            row.append(spot == nil ? -1 : spots.count)
            if let spot { spots.append(spot) }
        }
        guard !spots.isEmpty else { return map }
        let start = (0..<lattice.count).map { map.displacement(at: lattice.place($0)) }
        let before = overlap(lattice, start, row)
        let fitted = before < 0.4 ? boxed(start, lattice, row) : start
        let warp = try LatticeWarp(
            lattice, shown: row, features: surface.matrix(of: spots), from: fitted, rounds: Array(LatticeWarp.rounds.dropFirst()),
            parallelism: parallelism)
        guard overlap(lattice, warp.displacement, row) > before else { return map }
        return DenseMap(
            camera: map.camera, score: map.score, folds: warp.folds, lattice: lattice, displacement: warp.displacement, scene: map.scene)
    }

    /// IoU of the object with what is shown, once displaced.
    private func overlap(_ lattice: ObjectLattice, _ displacement: [SIMD2<Double>], _ row: [Int]) -> Double {
        let source = LatticeWarp.sources(lattice, displacement)
        var (common, either) = (0, 0)
        for node in 0..<lattice.count where lattice.isInPhoto[node] {
            let isShown = source[node] >= 0 && row[source[node]] >= 0
            if isShown && lattice.isInside[node] { common += 1 }
            if isShown || lattice.isInside[node] { either += 1 }
        }
        return either > 0 ? Double(common) / Double(either) : 0
    }

    /// The displacement followed by what moves the box of the shown nodes onto that of the object.
    private func boxed(_ displacement: [SIMD2<Double>], _ lattice: ObjectLattice, _ row: [Int]) -> [SIMD2<Double>] {
        func box(_ places: [SIMD2<Double>]) -> (low: SIMD2<Double>, extent: SIMD2<Double>) {
            let low = places.reduce(places[0]) { pointwiseMin($0, $1) }
            return (low, places.reduce(places[0]) { pointwiseMax($0, $1) } - low + lattice.spacing)
        }
        let shown = box(row.indices.filter { row[$0] >= 0 }.map { lattice.place($0) + displacement[$0] })
        let wanted = box(lattice.inside.map(lattice.place))
        return displacement.indices.map { node in
            let place = lattice.place(node) + displacement[node]
            return wanted.low + (place - shown.low) * wanted.extent / shown.extent - lattice.place(node)
        }
    }
}

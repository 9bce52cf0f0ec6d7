import BSBBasics
import BSBImages
import BSBRendering

extension DenseMatcher {
    /// For each pixel of a mask its point of the surface: what the map's view shows there, or, where what the pixel and those around it look
    /// like is elsewhere, that.
    ///
    /// - Parameter mask: of a picture of the photo that is `step` times smaller.
    /// - Parameter map: of the object.
    /// - Returns: width x height of the mask; nil outside, and everywhere if the object or the surface is empty.
    /// - Complexity: O(pixels x log #F), and that of ``PointSettling``.
    package func spots(of mask: Mask, by map: DenseMap, step: Double = 1) -> [SurfaceSpot?] {
        let shown = map.spots(of: mask, step: step, isFilled: false)
        guard let settled = settled(shown, mask, step) else { return shown }
        let surface = NearestSpot(map.scene)
        let rows = parallelism.map(mask.height) { y in
            (0..<mask.width).map { x -> SurfaceSpot? in
                guard mask[x, y] else { return nil }
                let position = settled.position(at: (SIMD2(Double(x), Double(y)) + 0.5) * step)
                if let spot = shown[y * mask.width + x] {
                    let offset = map.scene.position(of: spot) - position
                    if (offset * offset).sum() <= Self.sameReach * Self.sameReach { return spot }
                }
                return surface.spot(nearestTo: position)
            }
        }
        return rows.flatMap { $0 }
    }

    /// Points that are less far apart, in radii of the unit ball, are the same to what a pixel looks like; the view is the more exact then.
    private static let sameReach: Float = 0.1

    private func settled(_ shown: [SurfaceSpot?], _ mask: Mask, _ step: Double) -> SettledLattice? {
        guard let fine, !samples.isEmpty else { return nil }
        let lattice = fine.lattice
        let view = lattice.inside.map { node -> SIMD3<Float>? in
            let place = lattice.place(node) / step
            let (x, y) = (min(Int(place.x), mask.width - 1), min(Int(place.y), mask.height - 1))
            return shown[y * mask.width + x].map(surface.scene.position)
        }
        let settling = PointSettling(fine, positions: samples.map(surface.scene.position), parallelism: parallelism)
        return SettledLattice(lattice, settling.points(features: sampleFeatures, view: view))
    }
}

/// Points near a surface for the nodes of a lattice, and between them.
private struct SettledLattice {
    private let lattice: ObjectLattice
    /// For each node its point; outside the object that of a nearest node inside.
    private let points: [SIMD3<Float>]

    init(_ lattice: ObjectLattice, _ inside: [SIMD3<Float>]) {
        self.lattice = lattice
        let sources = NearestFill.sources(width: lattice.columns, height: lattice.rows, isKnown: lattice.isInside)
        points = sources.map { $0 < 0 ? .zero : inside[lattice.row[$0]] }
    }

    /// The mean of the points of the four nodes around a place, of those near that of the nearest, weighted bilinearly.
    func position(at place: SIMD2<Double>) -> SIMD3<Float> {
        let position = (place - lattice.origin) / lattice.spacing
        let x = min(max(0, position.x), Double(lattice.columns - 1))
        let y = min(max(0, position.y), Double(lattice.rows - 1))
        let anchor = points[Int(y.rounded()) * lattice.columns + Int(x.rounded())]
        var (sum, total) = (SIMD3<Float>.zero, Float(0))
        for row in [Int(y), min(Int(y) + 1, lattice.rows - 1)] {
            for column in [Int(x), min(Int(x) + 1, lattice.columns - 1)] {
                let weight = Float(max(0, 1 - abs(x - Double(column))) * max(0, 1 - abs(y - Double(row)))) + 1e-6
                let point = points[row * lattice.columns + column]
                guard ((point - anchor) * (point - anchor)).sum() < Self.jump * Self.jump else { continue }
                sum += point * weight
                total += weight
            }
        }
        return total > 0 ? sum / total : anchor
    }

    /// Neighbours farther apart, in radii of the unit ball, are on different pieces of the surface.
    private static let jump: Float = 0.25
}

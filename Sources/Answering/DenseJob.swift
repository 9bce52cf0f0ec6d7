import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBRegistration
import BSBWorkbench

/// Finds for each pixel of an object its point on a mesh, and for each vertex that the photo shows its pixel.
package struct DenseJob: Sendable {
    /// Everything known after mapping.
    package struct Outcome: Sendable {
        /// How the photo sees the mesh.
        package var map: DenseMap
        /// Pixels of the photo from one pixel of the arrays to the next: 1 for photos of up to ``pixelLimit`` pixels.
        package var step: Double
        /// The width and height of the arrays.
        package var (width, height): (Int, Int)
        /// width x height: the point of each pixel of the object.
        package var spots: [SurfaceSpot?]
        /// width x height: how sure each point is; 0 outside the object.
        package var confidence: [Float]
        /// #V: where the photo shows a vertex; nil for those that it hides, or has not.
        package var places: [SIMD2<Double>?]
        /// Seconds by stage.
        package var timings: [String: Double] = [:]
    }

    /// Larger photos are mapped at a coarser step.
    package static let pixelLimit = 2_000_000

    private let bench: Workbench

    /// A job that works at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// The map of an object of a photo to a mesh; nil if no view of the mesh shows anything of it.
    ///
    /// Throws `Failure` if a model cannot be run.
    package func run(_ photo: OpenPhoto, _ mesh: OpenMesh, object: FoundObject) throws -> Outcome? {
        var watch = Stopwatch()
        let grid = try watch.measure("features") { try photo.features(of: object.mask, including: object.click, at: bench) }
        let surface = try watch.measure("features") { try mesh.features(at: bench) }
        let matcher = DenseMatcher(grid, object: object.mask, surface: surface, of: mesh.scene, parallelism: bench.parallelism)
        guard let map = try watch.measure("registration", { try matcher.map() }) else { return nil }
        let pixels = Double(photo.image.width * photo.image.height)
        let step = max(1, (pixels / Double(Self.pixelLimit)).squareRoot().rounded(.up))
        let (width, height) = (Int((Double(photo.image.width) / step).rounded(.up)), Int((Double(photo.image.height) / step).rounded(.up)))
        let mask = Mask(width: width, height: height) { x, y in
            let (column, row) = (Int((Double(x) + 0.5) * step), Int((Double(y) + 0.5) * step))
            return column < object.mask.width && row < object.mask.height && object.mask[column, row]
        }
        let (spots, confidence) = watch.measure("pixels") {
            let spots = matcher.spots(of: mask, by: map, step: step)
            return (spots, matcher.confidence(of: spots, width: width, step: step))
        }
        let places = watch.measure("vertices") { self.places(map, mesh, object.mask) }
        var outcome = Outcome(map: map, step: step, width: width, height: height, spots: spots, confidence: confidence, places: places)
        outcome.timings = watch.seconds
        return outcome
    }

    private func places(_ map: DenseMap, _ mesh: OpenMesh, _ object: Mask) -> [SIMD2<Double>?] {
        let vertices = mesh.scene.mesh.vertices
        let used = vertices.indices.filter { mesh.referenced[$0] }
        var places = [SIMD2<Double>?](repeating: nil, count: vertices.count)
        for (vertex, isHidden) in zip(used, map.hidden(used.map { vertices[$0] })) where !isHidden {
            let place = map.place(of: SIMD3<Double>(vertices[vertex]))
            guard place.x >= 0, place.y >= 0, place.x < Double(object.width), place.y < Double(object.height) else { continue }
            places[vertex] = place
        }
        return places
    }
}

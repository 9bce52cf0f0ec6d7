import BSBBasics
import BSBRegistration
import BSBTexturing

/// What a photo says of points of a surface: of themselves, and of their mirror images.
struct SurfaceViews: Sendable {
    let map: DenseMap
    let mirror: MirrorPlane?
    let parallelism: Parallelism

    /// The cosine of the angle to the eye below which the photo is not trusted, and that from which it is.
    private static let grazing = 0.12...0.4
    private static let block = 8192

    func callAsFunction(_ points: [PaintedPoint]) -> [PhotoView] {
        parallelism.map((points.count + Self.block - 1) / Self.block) { index in
            views(points[(index * Self.block)..<min(points.count, (index + 1) * Self.block)])
        }.flatMap { $0 }
    }

    private func views(_ points: ArraySlice<PaintedPoint>) -> [PhotoView] {
        let hidden = map.hidden(points.map(\.position), lifted: 4e-3)
        let images = mirror.map { mirror in points.map { mirror.mirrored($0.position) } }
        // A mirror image lies a little beside the surface.
        let imagesHidden = images.map { map.hidden($0, lifted: 0.03) }
        return points.enumerated().map { index, point in
            let position = SIMD3<Double>(point.position)
            let facing = trust(point.normal, at: position)
            var view = PhotoView(place: map.place(of: position), seen: hidden[index] ? 0 : facing, facing: facing)
            if let mirror, let images, let imagesHidden, !imagesHidden[index] {
                let image = SIMD3<Double>(images[index])
                (view.mirroredPlace, view.mirrored) = (map.place(of: image), trust(mirror.mirrored(direction: point.normal), at: image))
            }
            return view
        }
    }

    /// How well a point is seen with a normal that may point either way.
    private func trust(_ normal: SIMD3<Float>, at position: SIMD3<Double>) -> Float {
        let cosine = abs((SIMD3<Double>(normal) * map.camera.direction(from: position)).sum())
        return Float(smoothStep((cosine - Self.grazing.lowerBound) / (Self.grazing.upperBound - Self.grazing.lowerBound)))
    }
}

import BSBBackbones
import BSBRendering

/// A set of rendered views of a mesh with a segmenter's embedding of each.
///
/// Views are rendered and embedded where they are asked for, so that an implementation can keep them on disk, and a click costs no more
/// than the views that it needs.
package protocol MeshViews: Sendable {
    /// The mesh's rays; the mesh is in the frame of the cameras.
    var scene: RayScene { get }
    /// The cameras, in the order of the views.
    var cameras: [Camera] { get }
    /// Width and height of a view in pixels.
    var size: RasterSize { get }
    /// What view `index` shows. Throws `Failure`.
    func surfaces(_ index: Int) throws -> SurfaceBuffers
    /// The segmenter's embedding of view `index`. Throws `Failure`.
    func embedding(_ index: Int) throws -> ImageEmbedding
    /// Makes the embeddings of the views `indices`, which will be asked for next. Throws `Failure`.
    func prepare(_ indices: [Int]) throws
}

extension MeshViews {
    /// Nothing: embeddings are made when they are asked for.
    package func prepare(_ indices: [Int]) throws {}
}

/// Where a vertex is seen.
struct Sighting: Sendable, Hashable {
    var view: Int
    var vertex: Int
    /// In the view's picture plane.
    var position: SIMD2<Float>
    /// How squarely the surface faces the eye there, 0...1.
    var frontality: Float
}

/// Where each vertex can be seen.
struct SightingFinder {
    let views: any MeshViews
    /// #V unit vertex normals of the scene's mesh.
    let normals: [SIMD3<Float>]

    /// The views in whose picture a vertex is and to whose eye it is visible; see `RayScene.areVisible`.
    ///
    /// Complexity: one ray for each view.
    func sightings(of vertex: Int, in candidates: [Int]) -> [Sighting] {
        let point = views.scene.mesh.vertices[vertex]
        let inside = candidates.compactMap { view -> Sighting? in
            let camera = views.cameras[view]
            guard let (position, _) = camera.project(point, size: views.size), isInside(position) else { return nil }
            let toEye = camera.eye - point
            let distance = (toEye * toEye).sum().squareRoot()
            guard distance > 0 else { return nil }
            let frontality = abs((normals[vertex] * toEye).sum()) / distance
            return Sighting(view: view, vertex: vertex, position: position, frontality: frontality)
        }
        let isVisible = views.scene.areVisible(
            [Int](repeating: vertex, count: inside.count), from: inside.map { views.cameras[$0.view].eye })
        return zip(inside, isVisible).filter { $1 }.map { $0.0 }
    }

    private func isInside(_ position: SIMD2<Float>) -> Bool {
        position.x >= 0 && position.y >= 0 && position.x < Float(views.size.width) && position.y < Float(views.size.height)
    }
}

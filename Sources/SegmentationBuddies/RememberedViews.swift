import Backbones
import Foundation
import InteractiveSegmentation
import Rendering

/// Views of a mesh that remember what they show once it was asked, for the many clicks that are answered on one mesh.
public final class RememberedViews: MeshViews, @unchecked Sendable {
    private let base: any MeshViews
    private let lock = NSLock()
    private var buffers: [Int: SurfaceBuffers] = [:]

    /// Views that remember what `base` shows.
    public init(_ base: any MeshViews) {
        self.base = base
    }

    /// The rays of the mesh.
    public var scene: RayScene { base.scene }
    /// The cameras, in the order of the views.
    public var cameras: [Camera] { base.cameras }
    /// The size of a view in pixels.
    public var size: RasterSize { base.size }

    /// What view `index` shows.
    public func surfaces(_ index: Int) throws -> SurfaceBuffers {
        if let known = lock.withLock({ buffers[index] }) { return known }
        let made = try base.surfaces(index)
        lock.withLock { buffers[index] = made }
        return made
    }

    /// The segmenter's embedding of view `index`.
    public func embedding(_ index: Int) throws -> ImageEmbedding { try base.embedding(index) }

    /// Makes embeddings that will be asked for next.
    public func prepare(_ indices: [Int]) throws { try base.prepare(indices) }
}

import Backbones
import Foundation
import InteractiveSegmentation
import Rendering

/// Views of a mesh that remember what they show once it was asked, for the many clicks that are answered on one mesh.
final class RememberedViews: MeshViews, @unchecked Sendable {
    private let base: any MeshViews
    private let lock = NSLock()
    private var buffers: [Int: SurfaceBuffers] = [:]

    init(_ base: any MeshViews) {
        self.base = base
    }

    var scene: RayScene { base.scene }
    var cameras: [Camera] { base.cameras }
    var size: RasterSize { base.size }

    func surfaces(_ index: Int) throws -> SurfaceBuffers {
        if let known = lock.withLock({ buffers[index] }) { return known }
        let made = try base.surfaces(index)
        lock.withLock { buffers[index] = made }
        return made
    }

    func embedding(_ index: Int) throws -> ImageEmbedding { try base.embedding(index) }
}

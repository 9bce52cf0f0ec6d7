import Backbones
import Basics
import Foundation
import InteractiveSegmentation
import Rendering

/// The segmenter's views of a mesh, embedded once and kept in the cache.
public struct EmbeddedViews: MeshViews {
    private let views: RenderedViews
    private let shelf: EmbeddingShelf

    /// The rays of the mesh in the unit ball.
    public var scene: RayScene { views.scene }
    /// The cameras, in the order of the views.
    public var cameras: [Camera] { views.cameras }
    /// The size of a view in pixels.
    public var size: RasterSize { views.size }

    /// The number of views that had to be embedded, because the cache did not have them.
    public let embedded: Int

    /// The embedded views of a mesh; what the cache lacks is rendered, embedded and stored.
    ///
    /// What the cache has is read where it is asked for: a click needs fewer than half of the views.
    /// Throws `Failure` if the segmenter cannot be run.
    public init(of mesh: PreparedMesh, at bench: Workbench) throws {
        let settings = bench.settings
        views = RenderedViews(of: mesh, plan: settings.segmentViews, seed: settings.seed)
        let key = CacheDirectory.key([
            "segmenter views", mesh.look, settings.normalisation.rawValue, settings.segmentViews.key, "\(settings.seed)",
            bench.segmenter.identity.hash,
        ])
        let shelf = EmbeddingShelf(views: views, segmenter: bench.segmenter, cache: bench.cache, folder: key)
        self.shelf = shelf
        let made = try bench.stage("Looking at the mesh, to segment it", views.cameras.count) { index in
            if shelf.isStored(index) { return false }
            try shelf.make(index)
            return true
        }
        embedded = made.count(where: { $0 })
    }

    /// What view `index` shows.
    public func surfaces(_ index: Int) throws -> SurfaceBuffers { views.surfaces(index) }

    /// The segmenter's embedding of view `index`.
    ///
    /// Throws `Failure` if the cache's turns out to be damaged and the segmenter cannot be run.
    public func embedding(_ index: Int) throws -> ImageEmbedding { try shelf.embedding(index) }
}

/// Embeddings of views in memory, each taken from the cache or made when it is first asked for.
private final class EmbeddingShelf: @unchecked Sendable {
    // Unchecked: `embeddings` is only touched under the lock.
    private let lock = NSLock()
    private var embeddings: [Int: ImageEmbedding] = [:]
    private let views: RenderedViews
    private let segmenter: any PromptSegmenter
    private let cache: CacheDirectory
    private let folder: String

    init(views: RenderedViews, segmenter: any PromptSegmenter, cache: CacheDirectory, folder: String) {
        (self.views, self.segmenter, self.cache, self.folder) = (views, segmenter, cache, folder)
    }

    private static func name(_ index: Int) -> String { "view-\(index).grid" }

    func isStored(_ index: Int) -> Bool { cache.contains(folder: folder, name: Self.name(index)) }

    func embedding(_ index: Int) throws -> ImageEmbedding {
        if let known = lock.withLock({ embeddings[index] }) { return known }
        guard let stored = cache.read(folder: folder, name: Self.name(index)).flatMap({ ImageEmbedding(cached: $0) }) else {
            return try make(index)
        }
        lock.withLock { embeddings[index] = stored }
        return stored
    }

    /// Renders and embeds a view and stores the embedding.
    @discardableResult
    func make(_ index: Int) throws -> ImageEmbedding {
        let made = try segmenter.embed(try views.image(index, surfaces: views.surfaces(index)))
        cache.write(made.cacheData, folder: folder, name: Self.name(index))
        lock.withLock { embeddings[index] = made }
        return made
    }
}

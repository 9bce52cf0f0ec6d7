import Backbones
import Basics
import Foundation
import InteractiveSegmentation
import Rendering

/// The segmenter's views of a mesh, each embedded once, when it is first needed, and kept in the cache.
public struct EmbeddedViews: MeshViews {
    private let views: RenderedViews
    private let shelf: EmbeddingShelf
    private let bench: Workbench

    /// The rays of the mesh in the unit ball.
    public var scene: RayScene { views.scene }
    /// The cameras, in the order of the views.
    public var cameras: [Camera] { views.cameras }
    /// The size of a view in pixels.
    public var size: RasterSize { views.size }

    /// The number of views that had to be embedded so far, because the cache did not have them.
    public var embedded: Int { shelf.madeCount }

    /// The views of a mesh; none is embedded yet.
    public init(of mesh: PreparedMesh, at bench: Workbench) {
        let settings = bench.settings
        self.bench = bench
        views = RenderedViews(of: mesh, plan: settings.segmentViews, seed: settings.seed)
        let key = CacheDirectory.key([
            "segmenter views", mesh.look, settings.normalisation.rawValue, settings.segmentViews.key, "\(settings.seed)",
            bench.segmenter.identity.hash,
        ])
        shelf = EmbeddingShelf(views: views, segmenter: bench.segmenter, cache: bench.cache, folder: key)
    }

    /// Makes those of the embeddings that the cache lacks, and stores them.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public func prepare(_ indices: [Int]) throws {
        let missing = indices.filter { !shelf.has($0) }
        guard !missing.isEmpty else { return }
        _ = try bench.stage("Looking at the mesh, to segment it", missing.count) { try shelf.make(missing[$0]) }
    }

    /// Makes all embeddings that the cache lacks.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public func prepareAll() throws { try prepare(Array(views.cameras.indices)) }

    /// What view `index` shows.
    public func surfaces(_ index: Int) throws -> SurfaceBuffers { views.surfaces(index) }

    /// The segmenter's embedding of view `index`.
    ///
    /// Throws `Failure` if the cache's turns out to be damaged and the segmenter cannot be run.
    public func embedding(_ index: Int) throws -> ImageEmbedding { try shelf.embedding(index) }
}

/// Embeddings of views in memory, each taken from the cache or made when it is first asked for.
private final class EmbeddingShelf: @unchecked Sendable {
    // Unchecked: `embeddings` and `made` are only touched under the lock.
    private let lock = NSLock()
    private var embeddings: [Int: ImageEmbedding] = [:]
    private var made: Set<Int> = []
    private let views: RenderedViews
    private let segmenter: any PromptSegmenter
    private let cache: CacheDirectory
    private let folder: String

    init(views: RenderedViews, segmenter: any PromptSegmenter, cache: CacheDirectory, folder: String) {
        (self.views, self.segmenter, self.cache, self.folder) = (views, segmenter, cache, folder)
    }

    private static func name(_ index: Int) -> String { "view-\(index).grid" }

    /// The number of views that were embedded here.
    var madeCount: Int { lock.withLock { made.count } }

    func has(_ index: Int) -> Bool {
        lock.withLock { embeddings[index] != nil } || cache.contains(folder: folder, name: Self.name(index))
    }

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
        let embedding = try segmenter.embed(try views.image(index, surfaces: views.surfaces(index)))
        cache.write(embedding.cacheData, folder: folder, name: Self.name(index))
        lock.withLock {
            embeddings[index] = embedding
            made.insert(index)
        }
        return embedding
    }
}

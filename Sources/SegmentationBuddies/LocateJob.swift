import Backbones
import Basics
import Correspondence
import Foundation
import Images
import InteractiveSegmentation
import Shapes

/// The way back of the main job: a vertex of a mesh finds its part in a photo.
public struct LocateJob: Sendable {
    private let bench: Workbench

    /// A job that works at `bench`.
    public init(at bench: Workbench) {
        self.bench = bench
    }

    /// Everything known after a vertex was sought in a photo.
    public struct Outcome: Sendable {
        /// The photo.
        public var photo: PreparedPhoto
        /// The mesh.
        public var mesh: LiftedMesh
        /// The clicked vertex.
        public var vertex: Int
        /// The part around it.
        public var part: SurfaceSegment
        /// Where in the photo it was sought.
        public var object: FoundObject
        /// What matching found.
        public var correspondence: PixelCorrespondence
        /// The part of the photo, if there is a correspondence.
        public var mask: Mask?
        /// The segmenter's own estimate of that mask's IoU with the truth.
        public var predictedIoU: Float?
        /// Seconds by stage.
        public var timings: [String: Double] = [:]
    }

    /// Seeks a place on the mesh in the file `mesh` in the photo `image`.
    ///
    /// - Parameter image: the photo's file.
    /// - Parameter mesh: the mesh's file.
    /// - Parameter target: the place on the mesh.
    /// - Parameter objectClick: where the object is in the photo; without, it is found by ``ObjectFinder``.
    /// - Throws: `Failure` for inputs that cannot be used; a part that the photo does not show is an outcome, not an error.
    public func run(image: String, mesh: String, target: SurfaceTarget, objectClick: Pixel? = nil) throws -> Outcome {
        var watch = Stopwatch()
        // What is quick first, since a wrong place on the mesh should not wait for the models.
        let prepared = try watch.measure("mesh") { try PreparedMesh(contentsOf: mesh, at: bench) }
        let vertex = try target.vertex(of: prepared)
        let photo = try watch.measure("photo") { try PreparedPhoto(contentsOf: image, at: bench) }
        if let objectClick { try photo.check(objectClick) }
        let lifted = try watch.measure("lifting") { try LiftedMesh(prepared, at: bench) }
        let object = try watch.measure("object") { try ObjectFinder(at: bench).object(in: photo, at: objectClick, like: lifted) }
        var outcome = try watch.measure("matching") { try run(photo, lifted, vertex: vertex, object: object) }
        outcome.timings = watch.seconds
        return outcome
    }

    /// Seeks a vertex of a mesh in the object of a photo.
    ///
    /// - Parameter photo: the photo.
    /// - Parameter mesh: the mesh.
    /// - Parameter vertex: the place on the mesh.
    /// - Parameter part: the part around the vertex, where it is known already.
    /// - Parameter object: the object in the photo.
    /// - Throws: `Failure` if the segmenter cannot be run.
    public func run(
        _ photo: PreparedPhoto, _ mesh: LiftedMesh, vertex: Int, part: SurfaceSegment? = nil, object: FoundObject
    ) throws -> Outcome {
        let photo = try photo.focused(on: object.mask, including: object.click, at: bench)
        let part = try part ?? mesh.part(around: vertex)
        let surface = ClickedSurface(vertex: vertex, part: part.vertexLabels, areas: mesh.areas, eligible: mesh.mesh.referenced)
        let correspondence = try bench.pixelMatcher.match(
            surface, field: mesh.field, features: photo.features, objectMask: object.mask
        ) { other in
            if other == vertex { return part.vertexLabels }
            // A pixel may lead to a vertex that no view shows: it is in no part then.
            return try mesh.visiblePart(around: other)?.vertexLabels ?? part.vertexLabels.map { _ in false }
        }
        var outcome = Outcome(
            photo: photo, mesh: mesh, vertex: vertex, part: part, object: object, correspondence: correspondence)
        if let buddy = correspondence.buddy {
            let prompt = Prompt(points: [Prompt.Point(buddy.pixel.center)])
            let answer = try bench.segmenter.masks(for: [prompt], in: photo.embedding)[0]
            let level = bench.settings.matching.partLevel
            outcome.mask = answer.mask(level, including: buddy.pixel.center)
            outcome.predictedIoU = answer.predictedIoU[level.index]
        }
        return outcome
    }
}

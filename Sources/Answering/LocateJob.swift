import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBWorkbench
import Foundation

/// The way back of the main job: a vertex of a mesh finds its part in a photo.
package struct LocateJob: Sendable {
    private let bench: Workbench

    /// A job that works at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// Everything known after a vertex was sought in a photo.
    package struct Outcome: Sendable {
        /// The photo.
        package var photo: OpenPhoto
        /// The mesh.
        package var mesh: OpenMesh
        /// The clicked vertex.
        package var vertex: Int
        /// The part around it.
        package var part: SurfaceSegment
        /// How the part was found.
        package var method: SurfaceMethod
        /// Where in the photo it was sought.
        package var object: FoundObject
        /// What matching found.
        package var correspondence: PixelCorrespondence
        /// The part of the photo, if there is a correspondence.
        package var mask: Mask?
        /// The segmenter's own estimate of that mask's IoU with the truth.
        package var predictedIoU: Float?
        /// Seconds by stage.
        package var timings: [String: Double] = [:]
    }

    /// Seeks a place on the mesh in the file `mesh` in the photo `image`.
    ///
    /// - Parameter image: the photo's file.
    /// - Parameter mesh: the mesh's file.
    /// - Parameter target: the place on the mesh.
    /// - Parameter objectClick: where the object is in the photo; without, it is found by ``ObjectFinder``.
    /// - Throws: `Failure` for inputs that cannot be used; a part that the photo does not show is an outcome, not an error.
    package func run(image: String, mesh: String, target: SurfaceTarget, objectClick: Pixel? = nil) throws -> Outcome {
        var watch = Stopwatch()
        // What is quick first, since a wrong place on the mesh should not wait for the models.
        let mesh = try watch.measure("mesh") { try OpenMesh(contentsOf: mesh, at: bench) }
        let vertex = try target.vertex(of: mesh)
        let photo = try watch.measure("photo") { try OpenPhoto(contentsOf: image) }
        if let objectClick { try photo.check(objectClick) }
        let object = try watch.measure("object") { try ObjectFinder(at: bench).object(in: photo, at: objectClick, like: mesh) }
        var outcome = try watch.measure("matching") { try run(photo, mesh, vertex: vertex, object: object) }
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
    package func run(
        _ photo: OpenPhoto, _ mesh: OpenMesh, vertex: Int, part: SurfaceSegment? = nil, object: FoundObject
    ) throws -> Outcome {
        let features = try photo.features(of: object.mask, including: object.click, at: bench)
        let surface = try mesh.features(at: bench)
        let finder = try mesh.partFinder(at: bench)
        let part = try part ?? finder.part(around: vertex)
        let correspondence = try bench.pixelMatcher.match(
            ClickedSurface(vertex: vertex, part: part.vertexLabels), of: surface, in: features, objectMask: object.mask
        ) { other in
            if other == vertex { return part.vertexLabels }
            // A pixel may lead to a vertex that no view shows: it is in no part then.
            return try finder.visiblePart(around: other)?.segment.vertexLabels ?? part.vertexLabels.map { _ in false }
        }
        var outcome = Outcome(
            photo: photo, mesh: mesh, vertex: vertex, part: part, method: finder.method, object: object,
            correspondence: correspondence)
        if let buddy = correspondence.buddy {
            let answer = try photo.answer(at: buddy.pixel, at: bench)
            let level = bench.settings.matching.partLevel
            outcome.mask = answer.mask(level, including: buddy.pixel.center)
            outcome.predictedIoU = answer.predictedIoU[level.index]
        }
        return outcome
    }
}

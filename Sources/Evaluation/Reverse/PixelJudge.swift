import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBWorkbench

/// Judges pixels of a photo by the pixels that show the right part.
struct PixelJudge {
    let right: Mask
    let photo: OpenPhoto
    let bench: Workbench

    /// A pixel and the mask there, judged; the mask is made where it is not known.
    func judged(_ pixel: Pixel?, mask: Mask? = nil) throws -> PixelAnswer {
        guard let pixel else { return .none }
        let mask = try mask ?? part(at: pixel)
        return PixelAnswer(
            pixel: [pixel.x, pixel.y], correct: right[pixel.x, pixel.y],
            maskIoU: SampleJudge.rounded(Double(mask.intersectionOverUnion(right))))
    }

    private func part(at pixel: Pixel) throws -> Mask {
        try photo.answer(at: pixel, at: bench).mask(bench.settings.matching.partLevel, including: pixel.center)
    }
}

/// An object of a photo with the features that are compared in it.
struct SearchedObject {
    let found: FoundObject
    let features: FeatureGrid
    private let search: PixelSearch

    init(_ found: FoundObject, in photo: OpenPhoto, at bench: Workbench) throws {
        self.found = found
        features = try photo.features(of: found.mask, including: found.click, at: bench)
        search = PixelSearch(features: features, region: found.mask)
    }

    /// The pixel of the object that is most similar to a vertex of a mesh.
    func nearest(to vertex: Int, of mesh: SurfaceFeatures) -> Pixel? {
        let query = Matrix(rows: 1, columns: mesh.field.dimension, values: Array(mesh.field.values.row(mesh.row(ofVertex: vertex))))
        return search.mostSimilar(to: query, parallelism: Parallelism(threads: 1))[0]?.pixel
    }
}

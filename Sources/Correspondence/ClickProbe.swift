import BSBBackbones
import BSBBasics
import BSBLinearAlgebra

/// A click that is compared with many meshes: what is the same for all of them is worked out once.
///
/// It takes the steps of ``SegmentationBuddyMatcher`` that need no segmenter, which are those that the score of existence rests on.
package struct ClickProbe: Sendable {
    /// The click.
    package let photo: ClickedPhoto
    /// d: what vertices are compared with.
    package let query: [Float]
    /// At most 64 x d, the unit features of pixels spread over the object (``ObjectSimilarity``).
    package let object: Matrix
    private let search: PixelSearch
    private let options: MatchingOptions

    /// A click whose photo was looked at; of the options, the number of candidates and the share of the part in the query.
    ///
    /// Complexity: O(object mask + cells x d).
    package init(_ photo: ClickedPhoto, options: MatchingOptions) {
        self.photo = photo
        self.options = options
        query = photo.query(partShare: options.partShare)
        object = ObjectSimilarity.directions(of: photo.features, in: photo.masks.object, most: ObjectSimilarity.pixels)
        search = PixelSearch(features: photo.features, region: photo.masks.object)
    }

    /// Why no mesh can have an answer, if none can.
    package var reason: NoCorrespondence? {
        photo.masks.reasonBeforeSearch ?? (query.allSatisfy { $0 == 0 } || search.isEmpty ? .noFeatures : nil)
    }

    /// What speaks for a mesh having the clicked part; nil if nothing can be compared.
    ///
    /// There is no IoU, since nothing is segmented again. Complexity: O(n d + k cells d), and the search of `k` candidates in the object.
    package func evidence(on mesh: SurfaceFeatures) -> ExistenceEvidence? {
        let count = options.candidateCount(among: mesh.eligible.count { $0 })
        let nearest = mesh.ranking.mostSimilar(to: query, count: count, eligible: mesh.eligible)
        guard let first = nearest.first, let whole = ObjectSimilarity.median(of: object, sample: mesh.sample) else { return nil }
        let rows = mesh.field.values.gatheringRows(nearest.map(\.row))
        let found = search.mostSimilar(to: rows, parallelism: Parallelism(threads: 1)).compactMap(\.self)
        let qualified = found.count { photo.masks.part[$0.pixel.x, $0.pixel.y] }
        return ExistenceEvidence(
            bestIoU: 0, qualifyingShare: Double(qualified) / Double(max(1, found.count)), similarity: Double(first.similarity),
            objectSimilarity: Double(whole))
    }
}

extension ClickMasks {
    /// Why a click with these masks has no answer on any mesh, if so.
    var reasonBeforeSearch: NoCorrespondence? {
        if object.isEmpty { return .emptyObjectMask }
        if part.isEmpty { return .emptyPartMask }
        return object.intersection(part).isEmpty ? .partOutsideObject : nil
    }
}

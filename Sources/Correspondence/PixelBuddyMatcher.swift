import BSBBackbones
import BSBBasics
import BSBImages

/// How pixels are chosen and judged.
package struct PixelMatchingOptions: Sendable, Hashable, Codable {
    /// The number of pixels considered, the paper's k with roles swapped.
    package var candidateCount = 100
    /// The distance between pixels that are considered; by default a quarter of a feature cell, since nearer pixels say the same.
    package var spacing: Int?
    /// The most vertices at which the mesh is segmented again, taken in the order of their pixels' similarity.
    package var segmentLimit = 12
    /// The IoU below which the best candidate is rejected; 0 accepts any that qualifies.
    package var minimumIoU: Float = 0
    /// How much of what is compared with the pixels is the mean feature of the vertex's part, rather than the vertex's: 0 to 1.
    package var partShare: Float = 0
    /// Whether the most similar pixel is the answer where none leads back into the part.
    package var acceptsOutsiders = false
    /// The probability that the photo shows the part below which there is no answer, where outsiders are accepted and a calibration tells
    /// the probability.
    package var minimumExistence = 0.0

    /// The published options, with roles swapped.
    package init() {}

    /// What did best on shapes that training had not seen (docs/notebook).
    package static var standard: PixelMatchingOptions {
        var options = PixelMatchingOptions()
        options.partShare = 0.5
        options.acceptsOutsiders = true
        options.minimumExistence = 0.1
        return options
    }
}

/// A part of a mesh around a vertex, to be found in a photo.
package struct ClickedSurface: Sendable {
    /// The clicked vertex, v.
    package var vertex: Int
    /// #V: whether each vertex is in the clicked part.
    package var part: [Bool]

    /// A click on vertex `vertex`.
    package init(vertex: Int, part: [Bool]) {
        self.vertex = vertex
        self.part = part
    }
}

/// Finds the best segmentation buddy of a vertex: the pixel that leads back into the clicked part of the mesh and, segmented there, to the
/// same part.
///
/// It is the method of "Best Segmentation Buddies for Image-Shape Correspondence", section 3, with the roles of image and shape swapped,
/// which the paper mentions and does not spell out:
/// 1. The k pixels of the object mask most similar to the vertex are the candidates.
/// 2. Each candidate's most similar vertex u(q) is sought on the whole mesh.
/// 3. A candidate qualifies if u(q) lies in the part of the mesh.
/// 4. The mesh is segmented again at each such vertex; the candidate whose part has the largest IoU with the clicked part wins.
///
/// ``PixelMatchingOptions`` has ways to depart from these steps. Ties go to the larger IoU, then to the larger similarity, then to the first pixel in reading order. Candidates that share a vertex share
/// its segmentation.
package struct PixelBuddyMatcher: Sendable {
    private let options: PixelMatchingOptions
    private let calibration: ExistenceCalibration?
    private let parallelism: Parallelism

    /// A matcher with the given options.
    ///
    /// `calibration` is how evidence becomes the probability that the photo shows the part; without one there is no such probability.
    package init(
        options: PixelMatchingOptions = PixelMatchingOptions(), calibration: ExistenceCalibration? = nil,
        parallelism: Parallelism = Parallelism()
    ) {
        self.options = options
        self.calibration = calibration
        self.parallelism = parallelism
    }

    /// Matches a vertex against a photo.
    ///
    /// - Parameters:
    ///   - surface: the click and its part.
    ///   - mesh: the features of the mesh's vertices.
    ///   - features: the photo's features, as long as the mesh's.
    ///   - objectMask: where in the photo pixels are sought.
    ///   - segment: #V flags of the part around a vertex.
    /// - Throws: `Failure` if the features differ in length, and what `segment` throws.
    /// - Complexity: O(cells d + lattice log lattice + k n d) and one call of `segment` for each distinct vertex, at most `segmentLimit`.
    package func match(
        _ surface: ClickedSurface, of mesh: SurfaceFeatures, in features: FeatureGrid, objectMask: Mask, segment: (Int) throws -> [Bool]
    ) throws -> PixelCorrespondence {
        let field = mesh.field
        guard field.dimension == features.dimension else {
            throw Failure(
                .usage, "matching", reason: "the mesh has features of \(field.dimension) numbers, the photo of \(features.dimension)",
                hint: "distill the mesh with the same model")
        }
        guard !objectMask.isEmpty else { return PixelCorrespondence(buddy: nil, reason: .emptyObjectMask) }
        guard surface.part.contains(true) else { return PixelCorrespondence(buddy: nil, reason: .emptyPart) }
        var candidates = candidates(surface, mesh, features, objectMask)
        guard !candidates.isEmpty else { return PixelCorrespondence(buddy: nil, reason: .noFeatures) }
        let segmented = try judge(&candidates, surface, mesh.vertexAreas, segment)
        var found = PixelCorrespondence(
            buddy: nil, reason: nil, candidates: candidates, qualified: candidates.count(where: \.qualifies), segmented: segmented)
        found.objectSimilarity = ObjectSimilarity.median(
            of: features, object: objectMask, sample: mesh.sample)
        choose(&found)
        return found
    }

    /// The vertex's feature, mixed with the mean of its part's if so asked.
    private func query(_ surface: ClickedSurface, _ mesh: SurfaceFeatures) -> [Float] {
        let field = mesh.field
        let row = field.values.row(mesh.row(ofVertex: surface.vertex))
        let own = unit(row)
        guard options.partShare > 0, let own else { return Array(row) }
        var mean = [Float](repeating: 0, count: field.dimension)
        var whole: Float = 0
        for row in 0..<mesh.count where surface.part[mesh.vertex(ofRow: row)] {
            guard let feature = unit(field.values.row(row)) else { continue }
            let area = Float(mesh.areas[row])
            whole += area
            for d in mean.indices { mean[d] += area * feature[d] }
        }
        guard whole > 0 else { return own }
        return zip(own, mean).map { (1 - options.partShare) * $0 + options.partShare * $1 / whole }
    }

    /// The vector at length 1; nil if it has no direction.
    private func unit(_ vector: ArraySlice<Float>) -> [Float]? {
        let length = dot(vector, vector).squareRoot()
        return length > 0 && length.isFinite ? vector.map { $0 / length } : nil
    }

    /// Steps 1 to 3.
    private func candidates(
        _ surface: ClickedSurface, _ mesh: SurfaceFeatures, _ features: FeatureGrid, _ objectMask: Mask
    ) -> [PixelCandidate] {
        let similarity = PixelSimilarity(features)
        let pixels = PixelSimilarity.lattice(in: objectMask, spacing: options.spacing ?? similarity.spacing)
        let cosines = similarity.cosines(of: query(surface, mesh), at: pixels)
        // The pixels come in reading order, and Swift's sort is stable.
        let ranked = pixels.indices.filter { cosines[$0] > -.infinity }.sorted { cosines[$0] > cosines[$1] }
        let chosen = Array(ranked.prefix(options.candidateCount))
        let directions = similarity.directions(at: chosen.map { pixels[$0] })
        let nearest = parallelism.map(chosen.count) { index -> (row: Int, similarity: Float)? in
            mesh.ranking.mostSimilar(to: Array(directions.row(index)), eligible: mesh.eligible)
        }
        return zip(chosen, nearest).compactMap { index, nearest in
            nearest.map {
                let vertex = mesh.vertex(ofRow: $0.row)
                return PixelCandidate(
                    pixel: pixels[index], similarity: cosines[index], vertex: vertex, vertexSimilarity: $0.similarity,
                    qualifies: surface.part[vertex])
            }
        }
    }

    /// Step 4; returns the number of vertices that were segmented at.
    private func judge(
        _ candidates: inout [PixelCandidate], _ surface: ClickedSurface, _ areas: [Double], _ segment: (Int) throws -> [Bool]
    ) throws -> Int {
        var overlaps: [Int: Float] = [:]
        for index in candidates.indices where candidates[index].qualifies {
            let vertex = candidates[index].vertex
            if overlaps[vertex] == nil {
                guard overlaps.count < options.segmentLimit else { continue }
                overlaps[vertex] = Float(intersectionOverUnion(surface.part, try segment(vertex), weights: areas))
            }
            candidates[index].iou = overlaps[vertex]
        }
        return overlaps.count
    }

    /// Fills in the answer, or why there is none.
    private func choose(_ found: inout PixelCorrespondence) {
        found.existence = calibration?.probability(ExistenceEvidence(found))
        let qualified = found.candidates.filter { $0.iou != nil }.max { a, b in
            (a.iou!, a.similarity, b.pixel.y, b.pixel.x) < (b.iou!, b.similarity, a.pixel.y, a.pixel.x)
        }
        let isUnlikely = options.acceptsOutsiders && found.existence.map { $0 < options.minimumExistence } ?? false
        guard let best = qualified ?? (options.acceptsOutsiders ? found.candidates.first : nil), !isUnlikely else {
            found.reason = qualified == nil ? .noCandidateQualifies : .unlikelyPart
            return
        }
        found.reason = (best.iou ?? 0) < options.minimumIoU ? .belowMinimumIoU : nil
        found.buddy = found.reason == nil ? best : nil
    }
}

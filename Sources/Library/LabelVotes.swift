import BSBAnswering
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBWorkbench
import Foundation

/// What the clicked pictures say about vertices: pixels of each named part and of the rest of its object vote by likeness.
///
/// A vote counts exp(cosine / temperature), as labels are carried from mesh to mesh (``LabelTransfer``); the pixels of a part in one picture count as
/// much as those of another together.
struct LabelVotes: Sendable {
    /// Pixels of a part, or of the rest, in one picture.
    private static let pixels = 96

    /// A clicked picture.
    struct Picture: Sendable {
        /// The name of the part.
        var name: Int
        /// The click.
        var probe: ClickProbe
        /// The pixels of the object that are in no named part.
        var rest: Mask
    }

    /// m x d unit features.
    private let voters: Matrix
    /// m: the index of a name, or the number of names for the rest.
    private let labels: [Int]
    /// m.
    private let weights: [Float]
    private let count: Int

    /// The votes of pictures about `count` names.
    init(_ pictures: [Picture], count: Int) {
        var (values, labels, weights): ([Float], [Int], [Float]) = ([], [], [])
        func add(_ picture: Picture, _ mask: Mask, _ label: Int) {
            let features = ObjectSimilarity.directions(of: picture.probe.photo.features, in: mask, most: Self.pixels)
            values += features.values
            labels += [Int](repeating: label, count: features.rows)
            weights += [Float](repeating: 1 / Float(max(1, features.rows)), count: features.rows)
        }
        for picture in pictures {
            add(picture, picture.probe.photo.masks.part.intersection(picture.probe.photo.masks.object), picture.name)
            add(picture, picture.rest, count)
        }
        let dimension = pictures.first?.probe.photo.features.dimension ?? 0
        voters = Matrix(rows: labels.count, columns: dimension, values: values)
        (self.labels, self.weights, self.count) = (labels, weights, count)
    }

    /// Rows x names: for each row of a mesh's features the share of each name among the votes; what is left is the rest's.
    ///
    /// `has` says which names the mesh has; votes for the others go to the rest. Complexity: O(n m d).
    func shares(_ features: StoredFeatures, has: [Bool]) -> Matrix {
        let rows = features.values().withNormalizedRows()
        let cosines = Matrix.product(rows.factor, voters.transposed)
        var shares = Matrix(rows: rows.rows, columns: count)
        for row in 0..<rows.rows {
            let cosine = cosines.row(row)
            let most = cosine.max() ?? 0
            var total: Float = 0
            for (index, value) in cosine.enumerated() {
                let vote = exp((value - most) / LabelTransfer.temperature) * weights[index]
                total += vote
                if labels[index] < count, has[labels[index]] { shares[row, labels[index]] += vote }
            }
            for label in 0..<count { shares[row, label] /= max(total, .leastNormalMagnitude) }
        }
        return shares
    }
}

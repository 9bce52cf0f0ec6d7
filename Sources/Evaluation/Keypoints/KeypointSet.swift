import BSBBasics

/// Photos whose keypoints mean the same, in the same order, within a set: the layout of PF-WILLOW.
///
/// A folder of sets, each a folder of photos, with `keypoints.json` beside them: `{"car-G/Cars_006a.webp": [[x, y], ...], ...}`, in pixels.
package struct KeypointSet: Sendable {
    /// One photo.
    package struct Photo: Sendable, Hashable {
        /// Its name in the file: set, slash, picture.
        package var name: String
        /// The set that it is in.
        package var set: String { name.split(separator: "/").dropLast().joined(separator: "/") }
        /// Where its keypoints are, in pixels.
        package var points: [SIMD2<Float>]

        /// The larger side of the box around the keypoints, in pixels.
        var boxSide: Float {
            let (x, y) = (points.map(\.x), points.map(\.y))
            return max(x.max()! - x.min()!, y.max()! - y.min()!)
        }
    }

    /// The folder.
    package let folder: String
    /// All photos, by name.
    package let photos: [Photo]

    /// Opens a folder.
    ///
    /// Throws `Failure` if its `keypoints.json` cannot be read, names no photo, or photos of a set have not as many keypoints.
    package init(contentsOf folder: String) throws {
        let (operation, path) = ("reading the keypoints", "\(folder)/keypoints.json")
        let table = try JSONFile.decode([String: [[Float]]].self, from: path, operation: operation)
        func failure(_ reason: String) -> Failure { Failure(.badInput, operation, path: path, reason: reason) }
        self.folder = folder
        photos = try table.sorted { $0.key < $1.key }.map { name, points in
            guard points.count > 1, points.allSatisfy({ $0.count == 2 && $0[0].isFinite && $0[1].isFinite }) else {
                throw failure("'\(name)' has not two or more points of two numbers each")
            }
            return Photo(name: name, points: points.map { [$0[0], $0[1]] })
        }
        guard !photos.isEmpty else { throw failure("there is no photo") }
        for (set, members) in Dictionary(grouping: photos, by: \.set) where Set(members.map(\.points.count)).count > 1 {
            throw failure("photos of the set '\(set)' do not have the same number of keypoints")
        }
    }

    /// Indices of all ordered pairs of different photos of a set, in order.
    var pairs: [(source: Int, target: Int)] {
        photos.indices.flatMap { a in photos.indices.filter { $0 != a && photos[$0].set == photos[a].set }.map { (a, $0) } }
    }
}

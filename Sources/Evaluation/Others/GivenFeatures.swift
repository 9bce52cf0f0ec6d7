import BSBBackbones
import BSBBasics
import BSBImages
import BSBLinearAlgebra
import BSBWorkbench

/// Features that another program made of the questions of `bsb evaluate questions`.
///
/// `photos/000012.npy` has rows x columns x d numbers: a grid over the whole photo. `meshes/CATEGORY/ID.npy` has #V x d: a row for each
/// vertex.
package struct GivenFeatures: Sendable {
    private let folder: String
    /// Which features these are; its hash is over all files.
    let identity: ModelIdentity

    /// The features in a folder.
    ///
    /// Throws `Failure` if it holds none.
    package init(_ folder: String) throws {
        self.folder = folder
        var hasher = ContentHasher()
        let photos = Folder.isFolder("\(folder)/photos") ? try Folder.names("\(folder)/photos").sorted().map { "photos/\($0)" } : []
        let categories = Folder.isFolder("\(folder)/meshes") ? try Folder.folders("\(folder)/meshes").sorted() : []
        let meshes = try categories.flatMap { category in
            try Folder.names("\(folder)/meshes/\(category)").sorted().map { "meshes/\(category)/\($0)" }
        }
        let files = (photos + meshes).filter { Folder.ending($0) == "npy" }
        guard files.contains(where: photos.contains), files.contains(where: meshes.contains) else {
            throw Failure(
                .missingInput, "reading the features", path: folder, reason: "there are no photos/NUMBER.npy and meshes/CATEGORY/ID.npy",
                hint: "docs/your-own-method.md says how they are made")
        }
        for file in files { hasher.add(file, try ContentHash(ofFile: "\(folder)/\(file)").hex) }
        identity = ModelIdentity(name: String(folder.split(separator: "/").last ?? "features"), hash: hasher.finalize().hex)
    }

    /// What sees the photo of a number, and nothing else.
    func extractor(forPhoto number: Int) throws -> any FeatureExtractor {
        let path = "\(folder)/photos/\(DepthExport.Photo.stem(number)).npy"
        return GivenPhoto(try array(path, axes: 3, "rows x columns x d, a grid over the photo"), identity: identity)
    }

    /// Has the features of a shape remembered in place of lifted ones.
    ///
    /// Throws `Failure` if there are none, or not one for each vertex.
    func give(to shape: EvaluationShape, at bench: Workbench) throws {
        let path = "\(folder)/meshes/\(shape.entry.name).npy"
        let features = try array(path, axes: 2, "#V x d, a row for each vertex")
        guard features.shape[0] == shape.partOfVertex.count else {
            throw Failure(
                .badInput, "reading the features", path: path,
                reason: "there are \(features.shape[0]) rows for \(shape.partOfVertex.count) vertices")
        }
        try shape.opened.remember(Matrix(rows: features.shape[0], columns: features.shape[1], values: features.floats()), at: bench)
    }

    private func array(_ path: String, axes: Int, _ wanted: String) throws -> NumPyArray {
        let array = try NumPyArray(contentsOf: path, operation: "reading the features")
        guard array.shape.count == axes, array.count > 0, array.floats().allSatisfy(\.isFinite) else {
            throw Failure(
                .badInput, "reading the features", path: path, reason: "an array of \(array.shape) is not \(wanted), of finite numbers")
        }
        return array
    }
}

/// The features of one photo.
private struct GivenPhoto: FeatureExtractor {
    let identity: ModelIdentity
    let dimension: Int
    private let features: NumPyArray

    init(_ features: NumPyArray, identity: ModelIdentity) {
        (self.features, self.identity, dimension) = (features, identity, features.shape[2])
    }

    func features(of image: Image) throws -> FeatureGrid {
        let (rows, columns) = (features.shape[0], features.shape[1])
        return FeatureGrid(
            columns: columns, rows: rows, dimension: dimension, values: features.floats(),
            map: PlaneMap(scaleX: Float(columns) / Float(image.width), scaleY: Float(rows) / Float(image.height)))
    }
}

extension Workbench {
    /// This workbench with features that are given in place of those of its extractor; they are of whole photos, as they are.
    func given(_ features: GivenFeatures) -> Workbench {
        var bench = self
        bench.extractor = AbsentExtractor(identity: features.identity)
        bench.settings.photoArea = .whole
        (bench.settings.mirrorsPhoto, bench.settings.mirrorsViews, bench.settings.featureScales) = (false, false, [1])
        return bench
    }
}

/// What is not there: only what was given is seen.
private struct AbsentExtractor: FeatureExtractor {
    let identity: ModelIdentity
    let dimension = 1

    func features(of image: Image) throws -> FeatureGrid {
        throw Failure(.usage, "seeing a picture", reason: "features are given of photos and vertices only")
    }
}

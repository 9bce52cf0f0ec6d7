import BSBBackbones
import BSBCorrespondence
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes

/// Everything that decides a result apart from the photo, the click, the mesh and the models.
///
/// Two runs with equal settings on one kind of machine give equal bytes.
public struct Settings: Sendable, Hashable, Codable {
    /// The seed of every random choice.
    public var seed: UInt64 = 0
    /// How the mesh is scaled into the unit sphere.
    package var normalisation = Normalisation.Method.vertexMean
    /// Whether the mesh is looked at in grey or in its own colours.
    public var surface = SurfaceLook.grey
    /// The axis of the mesh's file that is up in pictures for people.
    package var up = UpAxis.y
    /// How the mesh is looked at to lift features onto it.
    package var featureViews = ViewPlan(count: 40, size: 224)
    /// How the mesh is looked at to segment it.
    package var segmentViews = ViewPlan(count: 96, size: 224)
    /// How features are fitted to the surface.
    package var solver = SolverKind.exact
    /// How candidates are chosen and judged.
    public var matching = MatchingOptions.standard
    /// How pixels are chosen and judged on the way back, from a mesh to a photo.
    package var pixelMatching = PixelMatchingOptions.standard
    /// Which of the segmenter's masks is the object.
    public var objectLevel = MaskLevel.object
    /// How much of the photo the features are extracted from.
    ///
    /// The published code takes all of it; the embedded features were trained on objects that fill the picture.
    package var photoArea = PhotoArea.object
    /// Whether the features of the photo are the mean of its own and those of its mirror image; published without.
    package var mirrorsPhoto = true
    /// Whether the features of the mesh's views are the mean of their own and those of their mirror images.
    package var mirrorsViews = false
    /// How large the extractor sees photo and views, relative to its usual size; features are the mean over all of these.
    package var featureScales: [Float] = [1]
    /// How masks of views are lifted to the surface.
    package var lifting = MaskLiftingOptions()
    /// How a part of the mesh is found.
    public var segmenter = SegmenterKind.auto
    /// Where the probability of a vertex is cut to make the 3D segment.
    public var threshold = Threshold.half
    /// Whether the border of the 3D segment is moved into creases, and specks are dropped.
    public var cleansBorders = false
    /// Whether the 3D segment keeps pieces that do not hang together with the answer, such as a mug's other handle.
    public var keepsAllPieces = false

    /// The default settings.
    public init() {}

    /// Makes matching as published: features of one look, candidates by the click's feature alone, the filter, the choice by IoU.
    public mutating func matchAsPublished() {
        (matching, pixelMatching) = (MatchingOptions(), PixelMatchingOptions())
        (mirrorsPhoto, mirrorsViews, featureScales) = (false, false, [1])
    }
}

/// Whether a mesh is looked at in grey or in the colours that its file gives.
public enum SurfaceLook: String, Sendable, Hashable, Codable, CaseIterable {
    /// Grey, as published: only the shape counts.
    case grey
    /// In the colours of its vertices, materials and pictures; grey where there are none.
    case texture
}

/// A set of views of a mesh.
package struct ViewPlan: Sendable, Hashable, Codable {
    /// The number of views.
    package var count: Int
    /// Width and height of a view in pixels.
    package var size: Int
    /// How views are placed and shaded.
    package var style = Style.robust

    /// How views are placed and shaded.
    package enum Style: String, Sendable, Hashable, Codable, CaseIterable {
        /// Evenly around the mesh, lit from the eye, seen from both sides.
        case robust
        /// As the paper's code: Gaussian angles around +x, spherical-harmonic light, faces seen from the front only.
        case reference
        /// Evenly around the mesh, lit from one of five sides in turn.
        case lights
        /// Evenly around the mesh, with normals as colours.
        case normals
    }

    /// `count` views of `size` x `size` pixels.
    package init(count: Int, size: Int, style: Style = .robust) {
        self.count = count
        self.size = size
        self.style = style
    }
}

/// How much of a photo the features are extracted from.
package enum PhotoArea: String, Sendable, Hashable, Codable, CaseIterable {
    /// The whole photo, as published: what is small in it has few cells of features.
    case whole
    /// The box of the object mask with a tenth of its longer side around it, so that the object has nearly all cells.
    case object
}

/// How features are fitted to the surface.
package enum SolverKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A free vector for each vertex, by a sparse linear system.
    case exact
    /// The paper's coordinate network, whose outputs end at -1 and 1.
    case mlp
    /// The paper's coordinate network with outputs of any size.
    case mlpLinear = "mlp-linear"
    /// The largest value of each component over the views that show a vertex, instead of a mean.
    case max
}

/// How clicks on a mesh become a part of it.
public enum SegmenterKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// By a trained decoder where the cache has one for the mesh, by lifting otherwise.
    case auto
    /// By masks of rendered views, lifted to the surface, without training.
    case lift
    /// By a decoder trained on the mesh.
    case iseg
}

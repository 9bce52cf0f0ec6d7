import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBImages
import BSBShapes
import BSBResults
import BSBWorkbench

/// An open photo, as clients see it.
package struct PhotoDocument: Sendable, Codable, Hashable {
    /// What it is asked for by.
    package var id: Identifier
    /// The file's name, or its path where it was opened by path.
    package var name: String
    /// SHA-256 of the file.
    package var hash: String
    /// Pixels across, as the picture is seen.
    package var width: Int
    /// Pixels down.
    package var height: Int
    /// Bytes of the file.
    package var bytes: Int
}

/// An open mesh, as clients see it.
package struct OpenMeshDocument: Sendable, Codable, Hashable {
    /// What it is asked for by.
    package var id: Identifier
    /// The file's name, or its path where it was opened by path.
    package var name: String
    /// SHA-256 of the file.
    package var hash: String
    /// Bytes of the file.
    package var bytes: Int
    /// Vertices of the file.
    package var vertices: Int
    /// Faces of the file, of any number of corners.
    package var faces: Int
    /// Triangles that the faces are cut into.
    package var triangles: Int
    /// The corner of the box around the mesh with the least x, y, z, in the file's units.
    package var low: [Double]
    /// The opposite corner.
    package var high: [Double]
    /// Pieces that hang together.
    package var components: Int
    /// Whether models have seen all of it.
    package var isPrepared: Bool
    /// Whether vertices have colours.
    package var hasColors: Bool
    /// What triangles are made of.
    package var materials: [Material]
    /// Sets of faces that the file names.
    package var groups: [MeshContents.Group]
    /// What is odd about the mesh, in sentences.
    package var warnings: [String]

    /// A material.
    package struct Material: Sendable, Codable, Hashable {
        /// The name in the file.
        package var name: String
        /// `#rrggbb` (sRGB).
        package var color: String
        /// Whether it has a picture.
        package var hasPicture: Bool
    }
}

extension OpenMeshDocument {
    /// The document of a mesh.
    init(_ held: HeldMesh, id: Identifier, isPrepared: Bool) {
        let (mesh, report) = (held.mesh.mesh, held.mesh.report)
        let corners = [report.lowerBound, report.upperBound].map { [$0.x, $0.y, $0.z] }
        self.init(
            id: id, name: held.mesh.path, hash: held.mesh.hash, bytes: held.bytes, vertices: mesh.vertices.count,
            faces: mesh.fileFaceCount, triangles: mesh.faces.count, low: corners[0], high: corners[1], components: report.components,
            isPrepared: isPrepared, hasColors: mesh.vertexColors != nil,
            materials: (mesh.appearance?.materials ?? []).map {
                Material(name: $0.name, color: PartColor($0.color).description, hasPicture: $0.picture != nil)
            },
            groups: MeshContents(mesh).groups, warnings: report.warnings)
    }
}

/// The program, its models and its limits.
package struct VersionDocument: Sendable, Codable {
    /// Always `bsb`.
    package var name = "bsb"
    /// The program's version.
    package var version: String
    /// The version of this interface; it grows by one when something changes its meaning or goes away.
    package var api = 1
    /// The models that answer.
    package var models: [ModelIdentity]
    /// What is taken at most.
    package var limits: Limits
    /// Folders from which files may be opened by path.
    package var roots: [String]
    /// Endings of photo files.
    package var photoEndings = FileEndings.photos
    /// Endings of mesh files.
    package var meshEndings = FileEndings.meshes

    /// What is taken at most.
    package struct Limits: Sendable, Codable {
        /// Bytes of one file.
        package var uploadBytes: Int
        /// Pixels of a photo.
        package var photoPixels: Int
        /// Faces of a mesh.
        package var meshFaces: Int
        /// Bytes of memory of opened photos, and of opened meshes.
        package var openBytes: Int
        /// Bytes of a request that is JSON.
        package var requestBytes: Int
    }
}

/// Endings of files, in lower case, by which a folder's photos and meshes are told.
package enum FileEndings {
    /// Of photos.
    package static let photos = ["png", "jpg", "jpeg", "webp", "heic", "heif", "avif", "tif", "tiff", "bmp", "gif"]
    /// Of meshes.
    package static let meshes = MeshFormat.allCases.map(\.rawValue)
}

/// What the service holds and does.
package struct HealthDocument: Sendable, Codable {
    /// Always `ok`.
    package var status = "ok"
    /// Open photos.
    package var photos: Int
    /// Open meshes.
    package var meshes: Int
    /// Answers that are kept.
    package var answers: Int
    /// Questions that wait or are being answered.
    package var running: Int
    /// Bytes of opened photos and meshes.
    package var openBytes: Int
    /// Bytes of what models saw of them.
    package var memoryBytes: Int
    /// Seconds since the start.
    package var seconds: Double
}

/// An example, made and opened.
package struct OpenedExample: Sendable, Codable {
    /// The photo.
    package var photo: PhotoDocument
    /// The mesh.
    package var mesh: OpenMeshDocument
    /// The part that is clicked.
    package var part: String
    /// x, y.
    package var click: [Int]
    /// A click for every part that the photo shows.
    package var clicks: [String: [Int]]
}

/// A kind of example.
package struct ExampleListing: Sendable, Codable {
    /// Its name.
    package var name: String
    /// Names of parts.
    package var parts: [String]
    /// The part that is clicked unless told otherwise.
    package var tellingPart: String
}

/// What a folder holds that can be opened.
package struct FolderListing: Sendable, Codable {
    /// The folder's path; empty for the list of all that were given.
    package var folder: String
    /// The folder above it, where that may be seen.
    package var parent: String?
    /// Paths of folders in it.
    package var folders: [String]
    /// Paths of photos in it.
    package var photos: [String]
    /// Paths of meshes in it.
    package var meshes: [String]
}

/// The masks of a click, for hovering.
package struct PhotoMasksDocument: Sendable, Codable {
    /// x, y.
    package var click: [Int]
    /// Part, middle, object.
    package var masks: [PhotoMask]

    /// One mask.
    package struct PhotoMask: Sendable, Codable {
        /// Which.
        package var level: MaskLevel
        /// The share of the photo.
        package var fraction: Double
        /// The model's own estimate of its IoU with the truth.
        package var predictedIoU: Float
        /// x0, y0, x1, y1; absent for an empty mask.
        package var box: [Int]?
        /// The mask.
        package var segmentation: RunLengths
    }
}

/// What a click means in the photo: the data of the event `masks`.
package struct ClickedMasks: Sendable, Codable {
    /// What it is a part of.
    package var object: RunLengths
    /// The part.
    package var part: RunLengths
}

/// An answer as it stands.
package struct AnswerDocument: Sendable, Encodable {
    /// What it is asked for by.
    package var id: Identifier
    /// What was asked.
    package var kind: QuestionKind
    /// How it stands.
    package var state: AnswerState
    /// Once it is done: the document that `bsb` prints with `--json`.
    package var document: (any Encodable & Sendable)?
    /// Why there is none.
    package var error: FailureDocument?
    /// How far it is.
    package var progress: ProgressDocument?
    /// Names of the files that may be asked for.
    package var files: [String]

    private enum CodingKeys: String, CodingKey { case id, kind, state, document, error, progress, files }

    /// Writes it.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(kind, forKey: .kind)
        try container.encode(state, forKey: .state)
        if let document { try container.encode(document, forKey: .document) }
        try container.encodeIfPresent(error, forKey: .error)
        try container.encodeIfPresent(progress, forKey: .progress)
        try container.encode(files, forKey: .files)
    }
}

/// How an answer stands.
package enum AnswerState: String, Sendable, Codable {
    case running, done, failed, withdrawn
}

/// How far a stage of the work is.
package struct ProgressDocument: Sendable, Codable, Hashable {
    /// What is being done, in words.
    package var stage: String
    /// Steps done.
    package var done: Int
    /// Steps in all.
    package var total: Int

    /// The document of an update.
    package init(_ update: ProgressUpdate) { (stage, done, total) = (update.stage, update.done, update.total) }
}

import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBResults
import BSBWorkbench
import Foundation

/// What came of a question: the document that the command of its name prints, and the files that it writes, each made when it is asked for.
package protocol AnswerContents: Sendable {
    /// The document.
    var document: any Encodable & Sendable { get }
    /// Names of the files, those of the command and some that only clients need.
    var files: [String] { get }
    /// Bytes of memory that it holds, about.
    var bytes: Int { get }
    /// The part of the mesh, where there is one.
    var part: (segment: SurfaceSegment, mesh: OpenMesh)? { get }
    /// The part of the photo, where there is one.
    var mask: Mask? { get }

    /// A file of ``files``.
    ///
    /// Throws `Failure` if it cannot be made.
    func file(_ name: String) throws -> Data
}

extension AnswerContents {
    package var part: (segment: SurfaceSegment, mesh: OpenMesh)? { nil }
    package var mask: Mask? { nil }
}

/// A document without files.
struct DocumentContents: AnswerContents {
    let document: any Encodable & Sendable
    let files: [String] = []
    let bytes = 4096

    init(_ document: some Encodable & Sendable) { self.document = document }

    func file(_ name: String) throws -> Data { throw UnknownFile.refusal(name) }
}

/// The answer to a click in a photo.
package struct MatchContents: AnswerContents {
    /// The answer.
    package let answer: Answer
    /// The workbench that gave it, for what comes after.
    package let bench: Workbench
    private let outputs: MatchOutputs

    init(_ answer: Answer, at bench: Workbench, includeCandidates: Bool) {
        (self.answer, self.bench) = (answer, bench.keeping)
        outputs = MatchOutputs(answer, at: self.bench, includeCandidates: includeCandidates)
    }

    /// What `bsb match` prints.
    package var document: any Encodable & Sendable { outputs.document() }

    /// The files of `bsb match`, and the similarity of all vertices.
    package var files: [String] {
        ["object_mask.png", "part_mask.png", "similarity.npy", "overview.png", "result.json"]
            + (answer.segment == nil ? [] : PartNames.all)
    }

    /// Bytes of memory, about.
    package var bytes: Int {
        answer.masks.object.width * answer.masks.object.height / 4 + 4 * (answer.segment?.probability.count ?? 0) + 65536
    }

    /// The part of the mesh.
    package var part: (segment: SurfaceSegment, mesh: OpenMesh)? { answer.segment.map { ($0, answer.mesh) } }

    /// The part of the photo.
    package var mask: Mask? { answer.masks.part }

    /// A file; throws `Failure`.
    package func file(_ name: String) throws -> Data {
        switch name {
        case "object_mask.png": return try answer.masks.object.pngData()
        case "part_mask.png": return try answer.masks.part.pngData()
        case "similarity.npy":
            let values = try similarity()
            return NumPyArray(values, shape: [values.count]).encoded()
        default:
            if let segment = answer.segment, let array = PartNames.array(name, segment, of: answer.mesh) { return array }
            return try outputs.made(name, among: files)
        }
    }

    /// #V: how alike each vertex is to the clicked part, a cosine; minus infinity where no view shows it.
    ///
    /// Throws `Failure`.
    package func similarity() throws -> [Float] {
        let surface = try answer.mesh.features(at: bench)
        let photo = try answer.photo.clicked(answer.click, masks: answer.masks, at: bench)
        return SoftMatcher(parallelism: bench.parallelism).match(photo, to: surface).similarity
    }
}

/// An answer with a part of a mesh, and perhaps masks of a photo.
struct PartContents<Made: Outputs>: AnswerContents {
    private let outputs: Made
    private let masks: [String: Mask]
    private let segment: SurfaceSegment
    private let openMesh: OpenMesh
    let mask: Mask?

    init(_ outputs: Made, part: SurfaceSegment, of mesh: OpenMesh, masks: [String: Mask], partMask: Mask? = nil) {
        (self.outputs, segment, openMesh, self.masks, mask) = (outputs, part, mesh, masks, partMask)
    }

    var document: any Encodable & Sendable { outputs.document() }
    var files: [String] { masks.keys.sorted() + PartNames.all + ["overview.png", "result.json"] }
    var bytes: Int { masks.values.reduce(0) { $0 + $1.width * $1.height / 8 } + 4 * segment.probability.count + 65536 }
    var part: (segment: SurfaceSegment, mesh: OpenMesh)? { (segment, openMesh) }

    func file(_ name: String) throws -> Data {
        if let mask = masks[name] { return try mask.pngData() }
        return try PartNames.array(name, segment, of: openMesh) ?? outputs.made(name, among: files)
    }
}

/// A whole object, region by region.
package struct MapContents: AnswerContents {
    /// What came of it.
    package let outcome: MapJob.Outcome
    /// Its files.
    package let outputs: MapOutputs

    init(_ outcome: MapJob.Outcome, options: MapJob.Options, at bench: Workbench) {
        self.outcome = outcome
        outputs = MapOutputs(outcome, options: options, at: bench.keeping)
    }

    /// What `bsb map` prints.
    package var document: any Encodable & Sendable { outputs.document() }
    /// The files of `bsb map`.
    package var files: [String] {
        ["vertex_labels.npy", "face_labels.npy", "photo_labels.png", "map.ply", "map.glb", "overview.png", "result.json"]
    }
    /// Bytes of memory, about.
    package var bytes: Int {
        outcome.regions.count * (outcome.photo.image.width * outcome.photo.image.height / 4 + 4 * outcome.vertexLabels.count)
    }

    /// A file; throws `Failure`.
    package func file(_ name: String) throws -> Data {
        switch name {
        case "vertex_labels.npy": return NumPyArray(outcome.vertexLabels, shape: [outcome.vertexLabels.count]).encoded()
        case "face_labels.npy":
            let labels = outputs.faceLabels
            return NumPyArray(labels, shape: [labels.count]).encoded()
        default: return try outputs.made(name, among: files)
        }
    }
}

/// From photo to photo.
struct RelateContents: AnswerContents {
    private let outputs: RelateOutputs
    private let masks: [String: Mask]

    init(_ outcome: RelateJob.Outcome, at bench: Workbench) {
        outputs = RelateOutputs(outcome, at: bench.keeping)
        var masks = ["part_mask.png": outcome.masks.part]
        for (name, mask) in outputs.masks { masks[name] = mask }
        self.masks = masks
    }

    var document: any Encodable & Sendable { outputs.document() }
    var mask: Mask? { masks["mask.png"] }
    var files: [String] { masks.keys.sorted() + ["overview.png", "result.json"] }
    var bytes: Int { masks.values.reduce(0) { $0 + $1.width * $1.height / 8 } + (1 << 20) }

    func file(_ name: String) throws -> Data {
        try masks[name]?.pngData() ?? outputs.made(name, among: files)
    }
}

/// Other places that a match may mean.
struct AlternativesContents: AnswerContents {
    private let alternatives: Alternatives
    private let answer: Answer

    init(_ alternatives: Alternatives, of answer: Answer) { (self.alternatives, self.answer) = (alternatives, answer) }

    var document: any Encodable & Sendable { AlternativesDocument(alternatives, of: answer) }
    var files: [String] {
        ["soft.npy"] + alternatives.list.indices.flatMap { ["alternative-\($0 + 1).npy", "alternative-\($0 + 1)-faces.npy"] }
    }
    var bytes: Int { 4 * alternatives.soft.probability.count * (3 + alternatives.list.count) }

    func file(_ name: String) throws -> Data {
        if name == "soft.npy" {
            return NumPyArray(alternatives.soft.probability, shape: [alternatives.soft.probability.count]).encoded()
        }
        for (index, place) in alternatives.list.enumerated() {
            let own = "alternative-\(index + 1)"
            if name == "\(own).npy" { return PartNames.array("probability.npy", place.segment, of: answer.mesh)! }
            if name == "\(own)-faces.npy" { return PartNames.array("face_labels.npy", place.segment, of: answer.mesh)! }
        }
        throw UnknownFile.refusal(name)
    }
}

/// The files of a part of a mesh.
private enum PartNames {
    static let all = ["probability.npy", "labels.npy", "face_labels.npy", "part.ply", "part.obj", "part.mtl", "part.glb"]

    /// One of the arrays; nil for another name.
    static func array(_ name: String, _ segment: SurfaceSegment, of mesh: OpenMesh) -> Data? {
        switch name {
        case "probability.npy": return NumPyArray(segment.probability, shape: [segment.probability.count]).encoded()
        case "labels.npy": return NumPyArray(segment.vertexLabels, shape: [segment.probability.count]).encoded()
        case "face_labels.npy":
            let labels = segment.fileFaceLabels(mesh.mesh)
            return NumPyArray(labels, shape: [labels.count]).encoded()
        default: return nil
        }
    }
}

enum UnknownFile {
    static func refusal(_ name: String) -> Refusal {
        Refusal(.unknown, "giving a file of an answer", path: name, reason: "the answer has no such file")
    }
}

extension Outputs {
    /// One of the files that the command writes.
    ///
    /// Throws `Failure`, and `Refusal(.unknown)` for a name that is not among `names`.
    fileprivate func made(_ name: String, among names: [String]) throws -> Data {
        guard names.contains(name), let file = try files().files.files.first(where: { $0.name == name }) else {
            throw UnknownFile.refusal(name)
        }
        return file.data
    }
}

extension Workbench {
    /// The workbench for what comes after a question: files of an answer are made even if the question would have been withdrawn since.
    var keeping: Workbench { asking(progress: { _ in }) }
}

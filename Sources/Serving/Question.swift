import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBResults
import BSBWorkbench
import Foundation

/// What can be asked, by the name of the command that answers the same.
package enum QuestionKind: String, Sendable, Codable, CaseIterable {
    case match, segment, locate, map, relate, alternatives, prepare

    /// The question that a JSON text asks.
    ///
    /// Throws `Failure(.usage)`.
    package func question(_ data: Data) throws -> any Question {
        switch self {
        case .match: try Self.read(MatchQuestion.self, data)
        case .segment: try Self.read(SegmentQuestion.self, data)
        case .locate: try Self.read(LocateQuestion.self, data)
        case .map: try Self.read(MapQuestion.self, data)
        case .relate: try Self.read(RelateQuestion.self, data)
        case .alternatives: try Self.read(AlternativesQuestion.self, data)
        case .prepare: try Self.read(PrepareQuestion.self, data)
        }
    }

    private static func read<Asked: Question>(_ type: Asked.Type, _ data: Data) throws -> Asked {
        try StrictJSON.decode(type, data, operation: "reading the question")
    }
}

/// A question to the service.
package protocol Question: Codable, Sendable {
    /// What is asked.
    static var kind: QuestionKind { get }
    /// Whose question it is: a newer one of the same conversation withdraws it.
    var conversation: Identifier? { get }
    /// The question's number in its conversation, where several may be on the way at once: one of a lower number than an earlier is late.
    var turn: Int? { get }
    /// The photos and meshes that it is about, with which its answer goes.
    func inputs(at service: Service) -> [Identifier]
    /// Looks up all that is named and checks all that can be checked at once; what is given back does the work.
    ///
    /// Throws `Failure` and `Refusal`.
    func work(at service: Service) throws -> Work
}

extension Question {
    /// None.
    package var conversation: Identifier? { nil }
    /// None.
    package var turn: Int? { nil }
}

/// What answers a question: it blocks its thread, tells what becomes known, and ends with the answer.
package typealias Work = @Sendable (Workbench, _ tell: @escaping @Sendable (ServiceEvent) -> Void) throws -> AnswerContents

/// What is pointed at in a photo.
package struct ClickDescription: Codable, Sendable {
    /// The clicked column; the pixel that holds the point is meant.
    package var x: Double
    /// The clicked row.
    package var y: Double
    /// More pixels of the part.
    package var positive: [[Double]]?
    /// Pixels that are not of the part.
    package var negative: [[Double]]?
    /// x0, y0, x1, y1 around the part.
    package var box: [Double]?
    /// Where the object is clicked, if elsewhere than the part.
    package var object: [Double]?
    /// The part itself, where it is known.
    package var mask: RunLengths?

    /// A click at a place.
    package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

    /// The click in a photo.
    ///
    /// Throws `Failure` for numbers that are none of the photo's.
    func click(in photo: OpenPhoto) throws -> Click {
        let count = (positive?.count ?? 0) + (negative?.count ?? 0)
        guard count <= 200 else { throw Failure(.usage, Self.operation, reason: "\(count) clicks are more than the 200 that are taken") }
        let click = Click(
            try Self.pixel([x, y], "the click"), objectPixel: try object.map { try Self.pixel($0, "'object'") },
            box: try box.map(Self.rectangle), more: try (positive ?? []).map { try Self.pixel($0, "a pixel of 'positive'") },
            unwanted: try (negative ?? []).map { try Self.pixel($0, "a pixel of 'negative'") },
            mask: try mask.map { try $0.mask(width: photo.image.width, height: photo.image.height) })
        for pixel in [click.pixel, click.pixelOfObject] + click.more + click.unwanted { try photo.check(pixel) }
        return click
    }

    /// The pixel [x, y].
    static func pixel(_ numbers: [Double], _ what: String) throws -> Pixel {
        guard numbers.count == 2, let pixel = Pixel(containing: numbers[0], numbers[1]) else {
            throw Failure(.usage, operation, reason: "\(what) is not [x, y]")
        }
        return pixel
    }

    private static func rectangle(_ numbers: [Double]) throws -> Prompt.Box {
        let box = numbers.map { Float($0) }
        guard box.count == 4, box.allSatisfy({ $0.isFinite && abs($0) < 1e9 }), box[0] < box[2], box[1] < box[3] else {
            throw Failure(.usage, operation, reason: "'box' is not [x0, y0, x1, y1]")
        }
        return Prompt.Box(low: [box[0], box[1]], high: [box[2], box[3]])
    }

    private static let operation = "clicking in the photo"
}

/// What may be set for one question; the names are those of the command line.
package struct QuestionOptions: Codable, Sendable {
    /// Which of the segmenter's masks a click means.
    package var level: MaskLevel?
    /// Where the probability of a vertex is cut.
    package var threshold: Threshold?
    /// Whether the part's border is moved into nearby creases.
    package var cleanBorders: Bool?
    /// Whether pieces that do not hang together with the answer are kept.
    package var allPieces: Bool?
    /// The most views that the segmenter is asked about for one part.
    package var liftViews: Int?
    /// The least probability of there being an answer for one to be given.
    package var minExistence: Double?
    /// Whether it is matched as published.
    package var published: Bool?

    /// Nothing set.
    package init() {}

    /// Settings with what is set.
    ///
    /// Throws `Failure(.usage)` for what cannot be.
    func applied(to settings: Settings) throws -> Settings {
        guard liftViews.map({ (1...1000).contains($0) }) ?? true, minExistence.map({ (0...1).contains($0) }) ?? true else {
            throw Failure(.usage, "reading the options", reason: "'liftViews' is 1 to 1000 and 'minExistence' 0 to 1")
        }
        var settings = settings
        if published == true { settings.matchAsPublished() }
        if let level { (settings.matching.partLevel, settings.lifting.level) = (level, level) }
        if let threshold { settings.threshold = threshold }
        if let cleanBorders { settings.cleansBorders = cleanBorders }
        if let allPieces { settings.keepsAllPieces = allPieces }
        if let liftViews { settings.lifting.views = liftViews }
        if let minExistence { (settings.matching.minimumExistence, settings.pixelMatching.minimumExistence) = (minExistence, minExistence) }
        return settings
    }
}

/// A place on a mesh, in one of three ways.
package struct PlaceDescription: Codable, Sendable {
    /// A vertex of the file.
    package var vertex: Int?
    /// A face of the file: its first vertex is meant.
    package var face: Int?
    /// The vertex nearest to a point in the file's units.
    package var point: [Double]?

    /// A vertex.
    package init(vertex: Int) { self.vertex = vertex }

    /// The vertex that is meant.
    ///
    /// Throws `Failure(.usage)`.
    func vertex(of mesh: OpenMesh) throws -> Int {
        let operation = "finding the click on the mesh"
        switch (vertex, face, point) {
        case (let vertex?, nil, nil): return try SurfaceTarget.vertex(vertex).vertex(of: mesh)
        case (nil, let face?, nil):
            guard let triangle = mesh.mesh.fileFace.firstIndex(where: { Int($0) == face }) else {
                throw Failure(
                    .usage, operation, reason: "there is no face \(face) with an area",
                    hint: "the mesh has faces 0 to \(mesh.mesh.fileFaceCount - 1)")
            }
            return Int(mesh.mesh.faces[triangle].x)
        case (nil, nil, let point?):
            guard point.count == 3 else { throw Failure(.usage, operation, reason: "'point' is not [x, y, z]") }
            return try SurfaceTarget.point(SIMD3(point[0], point[1], point[2])).vertex(of: mesh)
        default: throw Failure(.usage, operation, reason: "a place is one of 'vertex', 'face' and 'point'")
        }
    }
}

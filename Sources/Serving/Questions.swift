import BSBAnswering
import BSBBasics
import BSBCorrespondence
import BSBInteractiveSegmentation
import BSBResults
import BSBWorkbench

/// Asks where on the mesh is what is clicked in the photo.
package struct MatchQuestion: Question {
    package static let kind = QuestionKind.match
    package var conversation: Identifier?
    package var turn: Int?
    /// The photo.
    package var photo: Identifier
    /// The mesh.
    package var mesh: Identifier
    /// The click.
    package var click: ClickDescription
    /// What is set for this question.
    package var options: QuestionOptions?
    /// Whether all candidates are listed in the answer.
    package var candidates: Bool?

    /// A click in a photo, asked of a mesh.
    package init(photo: Identifier, mesh: Identifier, click: ClickDescription, conversation: Identifier? = nil) {
        (self.photo, self.mesh, self.click, self.conversation) = (photo, mesh, click, conversation)
    }

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { [photo, mesh] }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let (photo, mesh) = (try service.photo(photo).photo, try service.mesh(mesh).mesh)
        let click = try click.click(in: photo)
        let settings = try (options ?? QuestionOptions()).applied(to: service.bench.settings)
        let candidates = candidates ?? false
        return { bench, tell in
            let bench = bench.with(settings)
            let answer = try bench.answer(click, in: photo, on: mesh) { stage in
                switch stage {
                case .masks(let masks): tell(.masks(ClickedMasks(object: RunLengths(masks.object), part: RunLengths(masks.part))))
                case .buddy(let answer): tell(.buddy(MatchOutputs(answer, at: bench, includeCandidates: candidates).document()))
                case .part: break
                }
            }
            return MatchContents(answer, at: bench, includeCandidates: candidates)
        }
    }
}

/// Asks what part of the mesh clicks on it mean.
package struct SegmentQuestion: Question {
    package static let kind = QuestionKind.segment
    package var conversation: Identifier?
    package var turn: Int?
    /// The mesh.
    package var mesh: Identifier
    /// Places of the part.
    package var positive: [PlaceDescription]
    /// Places that are not of the part.
    package var negative: [PlaceDescription]?
    /// What is set for this question.
    package var options: QuestionOptions?

    /// Clicks on a mesh.
    package init(
        mesh: Identifier, positive: [PlaceDescription], negative: [PlaceDescription]? = nil, conversation: Identifier? = nil
    ) {
        (self.mesh, self.positive, self.negative, self.conversation) = (mesh, positive, negative, conversation)
    }

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { [mesh] }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let mesh = try service.mesh(mesh).mesh
        let negative = negative ?? []
        guard (1...200).contains(positive.count + negative.count), !positive.isEmpty else {
            throw Failure(.usage, "clicking on the mesh", reason: "give 1 to 200 clicks, one of them in 'positive'")
        }
        let clicks =
            try positive.map { SurfaceClick(try $0.vertex(of: mesh)) }
            + negative.map { SurfaceClick(try $0.vertex(of: mesh), isForeground: false) }
        let settings = try (options ?? QuestionOptions()).applied(to: service.bench.settings)
        return { bench, _ in
            let bench = bench.with(settings)
            let outcome = try SegmentJob(at: bench).run(mesh, clicks: clicks)
            return PartContents(SegmentOutputs(outcome, at: bench), part: outcome.segment, of: mesh, masks: [:])
        }
    }
}

/// Asks where in the photo a place of the mesh is.
package struct LocateQuestion: Question {
    package static let kind = QuestionKind.locate
    package var conversation: Identifier?
    package var turn: Int?
    /// The photo.
    package var photo: Identifier
    /// The mesh.
    package var mesh: Identifier
    /// The place.
    package var place: PlaceDescription
    /// Where the object is in the photo; it is found if not told.
    package var object: [Double]?
    /// What is set for this question.
    package var options: QuestionOptions?

    /// A place of a mesh, asked of a photo.
    package init(photo: Identifier, mesh: Identifier, place: PlaceDescription, conversation: Identifier? = nil) {
        (self.photo, self.mesh, self.place, self.conversation) = (photo, mesh, place, conversation)
    }

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { [photo, mesh] }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let (photo, mesh) = (try service.photo(photo).photo, try service.mesh(mesh).mesh)
        let vertex = try place.vertex(of: mesh)
        let object = try object.map { try ClickDescription.pixel($0, "'object'") }
        if let object { try photo.check(object) }
        let settings = try (options ?? QuestionOptions()).applied(to: service.bench.settings)
        return { bench, _ in
            let bench = bench.with(settings)
            let found = try ObjectFinder(at: bench).object(in: photo, at: object, like: mesh)
            let outcome = try LocateJob(at: bench).run(photo, mesh, vertex: vertex, object: found)
            var masks = ["object_mask.png": outcome.object.mask]
            masks["mask.png"] = outcome.mask
            return PartContents(LocateOutputs(outcome, at: bench), part: outcome.part, of: mesh, masks: masks, partMask: outcome.mask)
        }
    }
}

/// Asks which region of the photo is which part of the mesh.
package struct MapQuestion: Question {
    package static let kind = QuestionKind.map
    package var conversation: Identifier?
    package var turn: Int?
    /// The photo.
    package var photo: Identifier
    /// The mesh.
    package var mesh: Identifier
    /// Where the object is in the photo; it is found if not told.
    package var object: [Double]?
    /// The most clicks that are spread over the object.
    package var clicks: Int?
    /// What is set for this question.
    package var options: QuestionOptions?

    /// The object of a photo, asked of a mesh.
    package init(photo: Identifier, mesh: Identifier, conversation: Identifier? = nil) {
        (self.photo, self.mesh, self.conversation) = (photo, mesh, conversation)
    }

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { [photo, mesh] }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let (photo, mesh) = (try service.photo(photo).photo, try service.mesh(mesh).mesh)
        let object = try object.map { try ClickDescription.pixel($0, "'object'") }
        if let object { try photo.check(object) }
        var options = MapJob.Options()
        if let clicks {
            guard (1...1000).contains(clicks) else { throw Failure(.usage, "mapping the object", reason: "'clicks' is 1 to 1000") }
            options.clicks = clicks
        }
        let settings = try (self.options ?? QuestionOptions()).applied(to: service.bench.settings)
        return { [options] bench, _ in
            let bench = bench.with(settings)
            let outcome = try MapJob(at: bench, options: options).run(photo, mesh, objectClick: object)
            return MapContents(outcome, options: options, at: bench)
        }
    }
}

/// Asks where in the second photo is what is clicked in the first.
package struct RelateQuestion: Question {
    package static let kind = QuestionKind.relate
    package var conversation: Identifier?
    package var turn: Int?
    /// The photo that is clicked.
    package var photo: Identifier
    /// The click.
    package var click: ClickDescription
    /// The other photo.
    package var second: Identifier
    /// Meshes of the objects' kind.
    package var meshes: [Identifier]
    /// Where the object is in the second photo; it is found if not told.
    package var object: [Double]?
    /// What is set for this question.
    package var options: QuestionOptions?

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { [photo, second] + meshes }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let (first, second) = (try service.photo(photo).photo, try service.photo(second).photo)
        guard (1...16).contains(meshes.count) else { throw Failure(.usage, "relating photos", reason: "give 1 to 16 meshes") }
        let meshes = try meshes.map { try service.mesh($0).mesh }
        let click = try click.click(in: first)
        let object = try object.map { try ClickDescription.pixel($0, "'object'") }
        if let object { try second.check(object) }
        let settings = try (options ?? QuestionOptions()).applied(to: service.bench.settings)
        return { bench, _ in
            let bench = bench.with(settings)
            let objects = try meshes.map { try ObjectFinder(at: bench).object(in: second, at: object, like: $0) }
            let outcome = try RelateJob(at: bench).run(first, click: click, second, through: meshes, objects: objects)
            return RelateContents(outcome, at: bench)
        }
    }
}

/// Asks which other places the click of a match may mean, such as four legs.
package struct AlternativesQuestion: Question {
    package static let kind = QuestionKind.alternatives
    package var conversation: Identifier?
    package var turn: Int?
    /// The answer to the match.
    package var answer: Identifier
    /// The most places; 5 unless told otherwise.
    package var limit: Int?

    /// Places beside the answer to a match.
    package init(answer: Identifier, conversation: Identifier? = nil) { (self.answer, self.conversation) = (answer, conversation) }

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { (try? service.answer(answer).inputs) ?? [] }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let operation = "listing alternatives"
        guard let match = try service.answer(answer).contents as? MatchContents else {
            throw Failure(.usage, operation, reason: "the answer is none of a match, or not yet there")
        }
        let limit = limit ?? 5
        guard (1...50).contains(limit) else { throw Failure(.usage, operation, reason: "'limit' is 1 to 50") }
        return { bench, _ in
            let bench = bench.with(match.bench.settings)
            let found = try AlternativeFinder(at: bench, limit: limit).find(beside: match.answer)
            return AlternativesContents(found, of: match.answer)
        }
    }
}

/// Asks models to see all of a mesh, so that every click on it is quick.
package struct PrepareQuestion: Question {
    package static let kind = QuestionKind.prepare
    /// The mesh.
    package var mesh: Identifier

    /// A mesh to prepare.
    package init(mesh: Identifier) { self.mesh = mesh }

    /// What it is about.
    package func inputs(at service: Service) -> [Identifier] { [mesh] }

    /// Looks up what is named.
    package func work(at service: Service) throws -> Work {
        let held = try service.mesh(mesh)
        return { bench, _ in
            let document = try DistillJob(at: bench).run(held.mesh)
            held.isPrepared.store(true, ordering: .relaxed)
            return DocumentContents(document)
        }
    }
}

extension Workbench {
    /// The same workbench with other settings.
    func with(_ settings: Settings) -> Workbench {
        var bench = self
        bench.settings = settings
        return bench
    }
}

import BSBAnswering
import BSBBasics
import BSBImages
import BSBResults
import BSBShapes
import BSBWorkbench
import Foundation
import TestSupport
import Testing

@testable import BSBServing

/// The service with the embedded models and an example: what programs and pages do with it.
@Suite(.serialized) struct ServiceTests {
    /// A service that looks at meshes little, since here nobody judges the answers.
    static func service(_ limits: ServiceLimits = ServiceLimits(), folders: GivenFolders = GivenFolders()) throws -> Service {
        var settings = Settings()
        (settings.featureViews.count, settings.segmentViews.count, settings.lifting.views) = (8, 12, 4)
        let bench = try Workbench(settings: settings, cache: CacheDirectory(path: nil))
        return try Service(bench, version: "test", folders: folders, limits: limits)
    }

    /// All events of an answer.
    static func events(_ record: AnswerRecord) async -> [ServiceEvent] {
        var events: [ServiceEvent] = []
        for await (_, event) in record.events() { events.append(event) }
        return events
    }

    @Test func aClickIsAnsweredAsTheCommandWould() async throws {
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug")
        let click = ClickDescription(x: Double(example.click[0]), y: Double(example.click[1]))
        let record = try service.ask(MatchQuestion(photo: example.photo.id, mesh: example.mesh.id, click: click))
        #expect(record.document.state == .running)
        let events = await Self.events(record)
        let names = events.map(\.name).filter { $0 != "progress" }
        #expect(names == ["masks", "buddy", "answer"])
        // Late listeners are told the same, and those who know some the rest.
        #expect(
            await Self.events(record).map(\.name) == events.map(\.name).filter { $0 != "progress" }
                || events.contains { $0.name == "progress" })
        let (photo, mesh) = (try service.photo(example.photo.id).photo, try service.mesh(example.mesh.id).mesh)
        let expected = try service.bench.answer(Click(Pixel(x: example.click[0], y: example.click[1])), in: photo, on: mesh)
        let document = try #require(record.document.document as? MatchDocument)
        #expect(document.vertex == expected.correspondence.buddy?.vertex && document.found == expected.isFound)
        #expect(document.segment?.vertices == expected.segment?.vertexLabels.count { $0 })
        if case .masks(let masks) = events.first(where: { $0.name == "masks" }) {
            #expect(try masks.part.mask(width: photo.image.width, height: photo.image.height) == expected.masks.part)
        }
        // Every file that is listed can be had, and those of the command are the command's.
        let made = try MatchOutputs(expected, at: service.bench).files().files
        for name in record.document.files {
            let data = try record.file(name)
            #expect(!data.isEmpty)
            if let same = made.files.first(where: { $0.name == name }), name != "result.json" { #expect(data == same.data, "\(name)") }
        }
        #expect(Set(made.names).isSubset(of: record.document.files))
        #expect(throws: Refusal.self) { try record.file("../secret") }
    }

    @Test func answersOfEveryKindHaveTheFilesTheyList() async throws {
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug", seed: 1)
        let (photo, mesh) = (example.photo.id, example.mesh.id)
        let click = ClickDescription(x: Double(example.click[0]), y: Double(example.click[1]))
        let prepared = await Self.events(try service.ask(PrepareQuestion(mesh: mesh)))
        #expect(prepared.last?.name == "answer" && prepared.contains { $0.name == "progress" })
        #expect(try service.mesh(mesh).document.isPrepared && !example.mesh.isPrepared)
        let match = try service.ask(MatchQuestion(photo: photo, mesh: mesh, click: click))
        _ = await Self.events(match)
        var relate = """
            {"photo": "\(photo)", "second": "\(photo)", "meshes": ["\(mesh)"], "click": {"x": \(click.x), "y": \(click.y)}}
            """
        relate = relate.trimmingCharacters(in: .whitespacesAndNewlines)
        let questions: [any Question] = [
            SegmentQuestion(mesh: mesh, positive: [PlaceDescription(vertex: 10)], negative: [PlaceDescription(vertex: 400)]),
            LocateQuestion(photo: photo, mesh: mesh, place: PlaceDescription(vertex: 10)),
            try QuestionKind.map.question(Data(#"{"photo": "\#(photo)", "mesh": "\#(mesh)", "clicks": 12}"#.utf8)),
            try QuestionKind.relate.question(Data(relate.utf8)), AlternativesQuestion(answer: match.id),
        ]
        for question in questions {
            let record = try service.ask(question)
            let last = await Self.events(record).last
            #expect(last?.name == "answer", "\(record.kind): \(record.document)")
            for name in record.document.files { #expect(try !record.file(name).isEmpty, "\(record.kind): \(name)") }
            _ = try JSONText.data(record.document)
        }
    }

    @Test func theLastOfManyClicksIsAnswered() async throws {
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug")
        let conversations = [service.beginConversation(), service.beginConversation()]
        var last: [Identifier: AnswerRecord] = [:]
        var all: [AnswerRecord] = []
        for click in 0..<20 {
            for conversation in conversations {
                let place = ClickDescription(x: Double(example.click[0]) + Double(click % 5), y: Double(example.click[1]))
                let record = try service.ask(
                    MatchQuestion(photo: example.photo.id, mesh: example.mesh.id, click: place, conversation: conversation))
                last[conversation] = record
                all.append(record)
            }
        }
        var withdrawn = 0
        for record in all {
            let end = await Self.events(record).last?.name
            // One may have been answered before the next came.
            if last.values.contains(where: { $0 === record }) {
                #expect(end == "answer")
            } else {
                #expect(end == "withdrawn" || end == "answer")
            }
            withdrawn += end == "withdrawn" ? 1 : 0
        }
        #expect(withdrawn > 10)
        // One that comes late does not take the place of a newer one.
        var newer = MatchQuestion(
            photo: example.photo.id, mesh: example.mesh.id, click: ClickDescription(x: 1, y: 1), conversation: conversations[0])
        newer.turn = 7
        var older = newer
        older.turn = 6
        let (first, second) = (try service.ask(newer), try service.ask(older))
        #expect(await Self.events(second).last?.name == "withdrawn")
        #expect(await Self.events(first).last?.name == "answer")
        #expect(service.health.running == 0)
    }

    @Test func questionsThatCannotBeAnsweredSaySo() async throws {
        var limits = ServiceLimits()
        (limits.photoPixels, limits.meshFaces, limits.uploadBytes) = (1000, 100, 1 << 20)
        let small = try Self.service(limits)
        defer { small.close() }
        await #expect(throws: Failure.self) { try await small.openExample("mug") }
        await #expect(throws: Refusal.self) { try await small.openExample("spaceship") }
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug")
        let click = ClickDescription(x: 5, y: 5)
        #expect(throws: Refusal.self) { try service.ask(MatchQuestion(photo: Identifier(), mesh: example.mesh.id, click: click)) }
        #expect(throws: Failure.self) {
            try service.ask(MatchQuestion(photo: example.photo.id, mesh: example.mesh.id, click: ClickDescription(x: -1, y: 0)))
        }
        #expect(throws: Failure.self) {
            try service.ask(MatchQuestion(photo: example.photo.id, mesh: example.mesh.id, click: ClickDescription(x: .infinity, y: 0)))
        }
        #expect(throws: Failure.self) {
            try service.ask(SegmentQuestion(mesh: example.mesh.id, positive: [PlaceDescription(vertex: 10_000_000)]))
        }
        #expect(throws: Refusal.self) {
            try service.ask(
                MatchQuestion(photo: example.photo.id, mesh: example.mesh.id, click: click, conversation: Identifier()))
        }
        #expect(service.health.running == 0)
    }

    @Test func partsAreTakenAwayAndProjectsComeBack() async throws {
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug")
        let count = example.mesh.faces
        let text = """
            {"mesh": "\(example.mesh.id)", "formats": ["glb", "obj", "ply", "arrays", "json", "picture"], "parts": [
            {"name": "lower", "color": "#ff0000", "runs": [0, \(count / 2), \(count - count / 2)]}, {"name": "one", "color": "#00FF00", "faces": [3]}]}
            """
        let zip = try ZipArchive(try await service.export(try StrictJSON.decode(ExportRequest.self, Data(text.utf8))))
        let files = Dictionary(uniqueKeysWithValues: zip.files.map { ($0.name, $0.data) })
        #expect(
            Set(files.keys) == [
                "parts.glb", "parts.obj", "parts.mtl", "parts.ply", "face_labels.npy", "vertex_labels.npy", "parts.json", "picture.png",
            ])
        let labels = try NumPyArray(decoding: files["face_labels.npy"] ?? Data()).integers()
        #expect(labels == (0..<count).map { $0 == 3 ? 2 : $0 < count / 2 ? 1 : 0 })
        let glb = try Mesh(data: #require(files["parts.glb"]), format: .glb)
        #expect(Set(glb.nodes.map(\.name)).isSuperset(of: ["lower", "one"]))
        let document = try JSONDecoder().decode(NamedPartsDocument.self, from: #require(files["parts.json"]))
        #expect(document.parts.map(\.faces) == [count / 2 - 1, 1])

        let state = JSONValue.object(["a": .array([.number(1), .null, .bool(true), .string("ü")])])
        let saved = try await service.save(ProjectRequest(photos: [example.photo.id], meshes: [example.mesh.id], state: state))
        let opened = try await service.load(saved)
        #expect(opened.state == state)
        #expect(opened.photos.map(\.hash) == [example.photo.hash] && opened.meshes.map(\.hash) == [example.mesh.hash])
        #expect(opened.photos[0].id != example.photo.id && opened.meshes.map(\.name) == [example.mesh.name])
        for cut in [0, 10, saved.count / 2, saved.count - 1] {
            await #expect(throws: Failure.self) { try await service.load(saved.prefix(cut)) }
        }
    }

    @Test func hoveringAsksForMasksOnly() async throws {
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug")
        let click = ClickDescription(x: Double(example.click[0]), y: Double(example.click[1]))
        let masks = try await service.masks(click, photo: example.photo.id)
        #expect(masks.masks.map(\.level) == [.part, .middle, .object])
        let photo = try service.photo(example.photo.id).photo
        let expected = try photo.masks(of: Click(Pixel(x: example.click[0], y: example.click[1])), at: service.bench)
        #expect(try masks.masks[0].segmentation.mask(width: photo.image.width, height: photo.image.height) == expected.part)
    }

    @Test func whatIsClosedIsGone() async throws {
        let service = try Self.service()
        let example = try await service.openExample("mug")
        #expect(service.uploads.bytes > 0)
        try service.closePhoto(example.photo.id)
        try service.closeMesh(example.mesh.id)
        #expect(service.uploads.bytes == 0)
        #expect(throws: Refusal.self) { try service.photo(example.photo.id) }
        #expect(throws: Refusal.self) { try service.closeMesh(example.mesh.id) }
        service.close()
        #expect(!FileManager.default.fileExists(atPath: service.uploads.path))
    }

    @Test func geometryIsThatOfTheFile() async throws {
        let service = try Self.service()
        defer { service.close() }
        let example = try await service.openExample("mug")
        let held = try service.mesh(example.mesh.id)
        let data = try held.geometry()
        let length = Int(data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        let header = try #require(try JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: [String: Any]])
        func bytes(_ name: String) throws -> Data {
            let offsets = try #require(header[name]?["data_offsets"] as? [Int])
            return data.subdata(in: (8 + length + offsets[0])..<(8 + length + offsets[1]))
        }
        #expect(header["positions"]?["shape"] as? [Int] == [example.mesh.vertices, 3])
        #expect(try bytes("positions") == held.mesh.mesh.vertices.flatMap { [$0.x, $0.y, $0.z] }.withUnsafeBytes { Data($0) })
        #expect(try bytes("triangles") == held.mesh.mesh.faces.flatMap { [$0.x, $0.y, $0.z] }.withUnsafeBytes { Data($0) })
        #expect(try bytes("triangle_faces") == held.mesh.mesh.fileFace.withUnsafeBytes { Data($0) })
        let components = try bytes("face_components").withUnsafeBytes { Set($0.bindMemory(to: UInt32.self)) }
        #expect(components.count == example.mesh.components)
        #expect(try !held.portrait(side: 64).isEmpty)
    }
}

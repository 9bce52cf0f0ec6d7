import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBExamples
import Foundation
import BSBImages
import BSBInteractiveSegmentation
import BSBShapes
import Synchronization
import TestSupport
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

/// The one place where a click is answered, and what it keeps.
@Suite struct AnsweringTests {
    /// What must not depend on what was asked before.
    struct Essence: Equatable {
        var correspondence: Correspondence
        var segment: SurfaceSegment?
        var masks: ClickMasks

        init(_ answer: Answer) {
            (correspondence, segment, masks) = (answer.correspondence, answer.segment, answer.masks)
        }
    }

    /// A mesh in colours that tell where on it one is, and a picture of it: what models that only see colours can match.
    static func inputs(seed: UInt64 = 2, size: Int = 160) throws -> (OpenMesh, OpenPhoto, Click) {
        var shape = try ExampleShape(.mug, seed: seed, vertices: 600).mesh
        shape.vertexColors = shape.vertices.map { (0.5 + 0.4 * $0).clamped(lowerBound: .zero, upperBound: .one) }
        let mesh = try OpenMesh(shape, name: "mug-\(seed).obj", colored: true)
        let views = RenderedViews(of: mesh, plan: ViewPlan(count: 3, size: size), seed: 5)
        let surfaces = views.surfaces(0)
        let photo = OpenPhoto(try views.image(0, surfaces: surfaces), name: "view-\(seed).png")
        let shown = surfaces.faceIDs.indices.filter { surfaces.faceIDs[$0] >= 0 }
        let pixel = try #require(shown.isEmpty ? nil : shown[shown.count / 2])
        return (mesh, photo, Click(Pixel(x: pixel % size, y: pixel / size)))
    }

    @Test func stagesComeInOrderAndTheLastIsTheAnswer() throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try Self.inputs()
        let expected = try photo.masks(of: click, at: bench)
        var names: [String] = []
        var told: [Answer] = []
        let answer = try bench.answer(click, in: photo, on: mesh) { stage in
            switch stage {
            case .masks(let masks):
                names.append("masks")
                #expect(masks == expected)
            case .buddy(let answer):
                names.append("buddy")
                #expect(answer.segment == nil)
                told.append(answer)
            case .part(let answer):
                names.append("part")
                told.append(answer)
            }
        }
        #expect(names == ["masks", "buddy", "part"])
        #expect(told.map(\.correspondence) == [answer.correspondence, answer.correspondence])
        try #require(answer.isFound)
        #expect(told[1].segment == answer.segment && answer.segment?.vertexLabels[answer.correspondence.buddy!.vertex] == true)
    }

    @Test func aSecondClickLooksAtNothingAgain() throws {
        let extractor = ColorExtractor()
        let bench = PipelineTests.bench(extractor: extractor)
        let (mesh, photo, click) = try Self.inputs()
        let first = try bench.answer(click, in: photo, on: mesh)
        let seen = extractor.pictures
        #expect(
            first.counts.featureViews == 10 && seen == 12, "ten views, and the object's box and its mirror image; never the whole photo")
        let again = try bench.answer(click, in: photo, on: mesh)
        #expect(again.counts.featureViews == 0 && extractor.pictures == seen)
        #expect(again.counts.segmenterViews ?? 0 == 0)
        #expect(Essence(again) == Essence(first))
    }

    @Test func settingsGoWithTheQuestion() throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try Self.inputs()
        let usual = try bench.answer(click, in: photo, on: mesh)
        var settings = bench.settings
        settings.matching.candidateCount = 7
        settings.threshold = .otsu
        let other = try bench.asking(settings).answer(click, in: photo, on: mesh)
        #expect(other.correspondence.candidates.count == 7)
        var fresh = PipelineTests.bench()
        fresh.settings = settings
        #expect(try Essence(other) == Essence(fresh.answer(click, in: photo, on: mesh)))
        #expect(try Essence(bench.answer(click, in: photo, on: mesh)) == Essence(usual), "the workbench keeps its own")
    }

    @Test func whoDecidesIsToldAndWhatIsNotKnownIsWarnedOf() throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try Self.inputs()
        let answer = try bench.answer(click, in: photo, on: mesh)
        #expect(answer.decision.decidedBy == .rule && answer.decision.options.choice.outsiders == .refused)
        #expect(answer.warnings.contains { $0.contains("the published rule decides") })
        let document = MatchOutputs(answer, at: bench).document()
        #expect(document.decidedBy == .rule)
        #expect(document.settings.matching == answer.decision.options, "settings in effect, not those asked for")
        var published = bench
        published.settings.matchAsPublished()
        #expect(try published.answer(click, in: photo, on: mesh).decision.warning == nil, "nothing was asked for that is not known")
    }

    @Test func aModelThatFailsIsAFailureAndNotAnUnseenVertex() throws {
        var bench = PipelineTests.bench()
        let (mesh, photo, click) = try Self.inputs()
        try #require(bench.answer(click, in: photo, on: mesh).isFound)
        bench = PipelineTests.bench()
        bench.segmenter = OnePhotoSegmenter(photo: photo.image)
        #expect(try failure { try bench.answer(click, in: photo, on: mesh) }.operation == "running the model")
    }

    @Test func anOpenMeshIsKnownByItsSurfaceAndNotByItsFile() throws {
        let mesh = try PipelineTests.shape.get().mesh
        var moved = mesh
        moved.vertices[3].x += 0.01
        let meshes = try [mesh, moved, mesh].map { try OpenMesh($0, name: "a.gltf", hash: "one file, whose buffers changed") }
        #expect(meshes[0].look != meshes[1].look && meshes[0].look == meshes[2].look)
        #expect(meshes[0].hash == meshes[1].hash)
    }

    @Test func photosAndMeshesOpenFromBytes() async throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try Self.inputs()
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try AtomicFile.write(photo.image.pngData(), to: folder + "/p.png")
        try AtomicFile.write(mesh.mesh.objData(), to: folder + "/m.obj")
        let files = (try await bench.open(photo: .file(folder + "/p.png")), try await bench.open(mesh: .file(folder + "/m.obj")))
        let bytes = (
            try await bench.open(photo: .data(photo.image.pngData(), name: "p.png")),
            try await bench.open(mesh: .data(mesh.mesh.objData(), name: "m.obj"))
        )
        #expect(files.0.hash == bytes.0.hash && files.1.hash == bytes.1.hash)
        #expect(files.0.hash == ContentHash(of: try photo.image.pngData()).hex)
        let answers = try [bench.answer(click, in: files.0, on: files.1), bench.answer(click, in: bytes.0, on: bytes.1)]
        #expect(Essence(answers[0]) == Essence(answers[1]))
        let made = try MatchOutputs(answers[1], at: bench).files()
        #expect(made.files.names == made.document.outputs && made.files.names.last == "result.json")
        await #expect(throws: Failure.self) { try await bench.open(mesh: .data(Data("no mesh".utf8), name: "x.obj")) }
        // Bytes have a name and no place: what they name is not looked for, wherever the name leads.
        try AtomicFile.write(Data("newmtl a\nKd 1 0 0\n".utf8), to: folder + "/m.mtl")
        let coloured = Data("mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl a\nf 1 2 3\n".utf8)
        try AtomicFile.write(coloured, to: folder + "/c.obj")
        #expect(try Mesh(contentsOf: folder + "/c.obj").appearance?.materials.first?.color == [1, 0, 0])
        let unplaced = try await bench.open(mesh: .data(coloured, name: folder + "/c.obj"))
        #expect(unplaced.mesh.appearance?.materials.first?.color != [1, 0, 0])
    }

    @Test func stagesCanBeListenedTo() async throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try Self.inputs()
        var count = 0
        for try await stage in bench.stages(of: click, in: photo, on: mesh) {
            count += 1
            if case .part(let answer) = stage { #expect(try Essence(answer) == Essence(bench.answer(click, in: photo, on: mesh))) }
        }
        #expect(count == 3)
    }

    @Test func aNewerQuestionWithdrawsTheOlder() async throws {
        let gate = GatedExtractor()
        var bench = PipelineTests.bench()
        bench.extractor = gate
        bench.parallelism = Parallelism(threads: 1)
        let (mesh, photo, click) = try Self.inputs()
        let conversation = Conversation(at: bench)
        let older = Task { try await conversation.answer(click, in: photo, on: mesh) }
        await gate.entered()
        let newer = Task { try await conversation.answer(click, in: photo, on: mesh) }
        while conversation.questions < 2 { try await Task.sleep(for: .milliseconds(1)) }
        // The newer one waits for the older one's picture, which comes to nothing, and then makes it itself.
        gate.open()
        await #expect(throws: CancellationError.self) { try await older.value }
        let answer = try await newer.value
        #expect(try Essence(answer) == Essence(PipelineTests.bench().answer(click, in: photo, on: mesh)))
    }

    @Test func aCancelledTaskEnds() async throws {
        let gate = GatedExtractor()
        var bench = PipelineTests.bench()
        bench.extractor = gate
        let (mesh, photo, click) = try Self.inputs()
        let question = Task { [bench] in try await Conversation(at: bench).answer(click, in: photo, on: mesh) }
        await gate.entered()
        question.cancel()
        gate.open()
        await #expect(throws: CancellationError.self) { try await question.value }
        #expect(gate.shown < 12, "the views that were not begun are not looked at")
    }

    /// Thirty photos and thirty meshes in turn, half of the questions withdrawn, with room for a few only.
    @Test func manyOfBothWithinABoundedMemory() async throws {
        var bench = PipelineTests.bench()
        bench.settings.segmentViews.size = 64
        bench.settings.featureViews.size = 64
        bench.memory = BoundedMemory(limit: 3 << 20)
        let shared = bench
        let inputs = try (0..<30).map { try Self.inputs(seed: UInt64($0), size: 96) }
        let conversation = Conversation(at: shared)
        var (largest, found) = (0, 0)
        for index in 0..<30 {
            let (mesh, photo, click) = inputs[index]
            // Beside it a question that is withdrawn as soon as its masks are known.
            let withdrawn = Task {
                let cancellation = Cancellation()
                let asking = shared.asking(cancellation: cancellation)
                _ = try await Workbench.inBackground {
                    try asking.answer(click, in: photo, on: inputs[(index + 7) % 30].0) { if case .masks = $0 { cancellation.cancel() } }
                }
            }
            let answer = try await conversation.answer(click, in: photo, on: mesh)
            await #expect(throws: CancellationError.self) { try await withdrawn.value }
            found += answer.isFound ? 1 : 0
            var fresh = PipelineTests.bench()
            fresh.settings = shared.settings
            #expect(try Essence(answer) == Essence(fresh.answer(click, in: photo, on: mesh)), "photo and mesh \(index)")
            largest = max(largest, shared.memory.bytes)
            #expect(shared.memory.bytes <= shared.memory.limit)
        }
        #expect(largest > shared.memory.limit / 2, "the limit was felt")
        #expect(found > 15, "\(found) of 30 have an answer")
    }
}

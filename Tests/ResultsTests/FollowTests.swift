import BSBBasics
import BSBImages
import Foundation
import TestSupport
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

/// A part is followed from frame to frame, with models that only see colours and discs.
@Suite struct FollowTests {
    /// The picture moved over white.
    private static func moved(_ image: Image, x: Int, y: Int = 0, width: Int? = nil) -> Image {
        var canvas = Canvas(width: width ?? image.width, height: image.height, fill: .white)
        canvas.paste(image, x: x, y: y)
        return canvas.image
    }

    private static func shift(from mask: Mask, to other: Mask) throws -> SIMD2<Float> {
        try #require(other.centroid) - #require(mask.centroid)
    }

    @Test func aPartIsFollowedAndToldWhereItIsNot() throws {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try AnsweringTests.inputs()
        let answer = try bench.answer(click, in: photo, on: mesh)
        try #require(answer.isFound)
        var follower = try PartFollower(answer, at: bench)
        func next(_ image: Image, _ name: String) throws -> FollowedPart { try follower.next(OpenPhoto(image, name: name)) }
        let near = try next(Self.moved(photo.image, x: 12, y: 4), "near")
        let shift = try Self.shift(from: answer.masks.part, to: #require(near.mask))
        // A cell of the features is ten pixels wide.
        #expect(abs(shift.x - 12) < 10 && abs(shift.y - 4) < 10, "\(shift)")
        #expect(near.confidence > 0.5 && near.evidence != nil)
        let gone = try next(Image(width: photo.image.width, height: photo.image.height, fill: .white), "gone")
        #expect(gone.mask == nil && gone.confidence < 0.5)
        let back = try next(Self.moved(photo.image, x: -10), "back")
        let home = try Self.shift(from: answer.masks.part, to: #require(back.mask))
        #expect(abs(home.x + 10) < 10, "\(home)")
        // A frame of another size: the object is where it was in shares of the width, or found anew.
        let wide = try next(Self.moved(photo.image, x: 40, width: 240), "wide")
        let mask = try #require(wide.mask)
        let aside = try #require(mask.centroid).x - #require(answer.masks.part.centroid).x
        #expect(mask.width == 240 && abs(aside - 40) < 10, "\(aside)")
    }

    @Test func framesAreToldInOrderAndTheNumberOfThreadsChangesNothing() throws {
        let (mesh, photo, click) = try AnsweringTests.inputs()
        try withTemporaryDirectory { folder in
            var names: [String] = []
            for (number, x) in [(1, 0), (2, 6), (10, 12)] {
                names.append("\(folder)/frame-\(number).png")
                try Self.moved(photo.image, x: x).writePNG(to: names.last!)
            }
            try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/frame-3.png"))
            let frames = try FrameList([folder]).paths
            #expect(frames == [names[0], names[1], "\(folder)/frame-3.png", names[2]])
            let bench = PipelineTests.bench()
            let path = "\(folder)/mug.obj"
            try AtomicFile.write(mesh.mesh.objData(), to: path)
            func follow(_ threads: Int) throws -> (FollowDocument, OutputFolder) {
                var bench = bench
                bench.parallelism = Parallelism(threads: threads)
                let recorder = FollowRecorder(frames: frames.count, wantsFiles: true)
                let outcome = try FollowJob(at: bench).run(frames: frames, click: click, mesh: path) { try recorder.add($0) }
                let made = try recorder.outputs(of: outcome, click: click.pixel, at: bench).files()
                return (made.document, made.files)
            }
            let (document, files) = try follow(1)
            #expect(document.frames.map(\.frame) == [1, 2, 3, 4] && document.frames.map(\.image) == frames)
            #expect(document.frames[0].shown && document.frames[0].confidence == 1)
            #expect(document.unreadable == 1 && !document.frames[2].shown && document.frames[2].explanation?.isEmpty == false)
            #expect(document.shown == document.frames.count(where: \.shown))
            let masks = files.names.filter { $0.hasPrefix("masks/") }
            #expect(masks == document.frames.compactMap(\.mask) && masks.first == "masks/frame-001.png")
            #expect(files.names.contains("frames.webp") && files.names.contains("overview.png") && files.names.contains("part.glb"))
            #expect(files.names.allSatisfy { ResultNames.contains(path: $0) })
            let (_, again) = try follow(3)
            for (one, other) in zip(files.files, again.files) where one.name != "result.json" {
                #expect(one.name == other.name && one.data == other.data, "\(one.name)")
            }
        }
    }

    @Test func oneFrameIsEnoughAndManyAreChosenFrom() throws {
        let (_, photo, _) = try AnsweringTests.inputs()
        let part = FollowedPart(mask: Mask(width: 160, height: 160) { x, y in x < 20 && y < 20 }, confidence: 0.75)
        for count in [1, 95] {
            let recorder = FollowRecorder(frames: count, wantsFiles: true)
            for index in 0..<count {
                try recorder.add(FollowJob.Frame(index: index, path: "\(index)", image: photo.image, part: index == 2 ? nil : part))
            }
            let bench = PipelineTests.bench()
            let (mesh, photo, click) = try AnsweringTests.inputs()
            let outcome = FollowJob.Outcome(first: try bench.answer(click, in: photo, on: mesh))
            let outputs = try recorder.outputs(of: outcome, click: click.pixel, at: bench)
            let made = try outputs.files()
            #expect(made.document.frames.count == count && made.document.shown == (count == 1 ? 1 : 94))
            let sheet = try Image.decode(try #require(made.files.files.first { $0.name == "overview.png" }).data)
            #expect(sheet.height < 1800, "at most thirty frames are on the sheet")
        }
    }

    @Test func numbersInNamesCountByTheirValue() {
        let names = ["a10", "a2", "b1", "a02", "a2b", "a", "a1b10", "a1b9", "A3"]
        #expect(names.sorted(by: FrameList.isBefore) == ["A3", "a", "a1b9", "a1b10", "a02", "a2", "a2b", "a10", "b1"])
        for a in names { for b in names { #expect(!(FrameList.isBefore(a, b) && FrameList.isBefore(b, a)), "\(a) \(b)") } }
    }

    @Test func patternsFoldersAndNamesAreFrames() throws {
        try withTemporaryDirectory { folder in
            for name in ["10.png", "9.PNG", "notes.txt", "x.jpg"] { try AtomicFile.write("x", to: "\(folder)/film/\(name)") }
            try AtomicFile.write("x", to: "\(folder)/film/deep.png/1.png")
            func names(_ given: String...) throws -> [String] {
                try FrameList(given.map { "\(folder)/\($0)" }).paths.map { String($0.dropFirst(folder.count + 1)) }
            }
            #expect(try names("film") == ["film/9.PNG", "film/10.png", "film/x.jpg"])
            #expect(try names("film/*.png") == ["film/10.png"])
            #expect(try names("film/[0-9]*", "film/10.png") == ["film/9.PNG", "film/10.png"])
            try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: true)
            for missing in ["film/*.gif", "none.png", "empty", "none"] {
                #expect { try names(missing) } throws: { ($0 as? Failure)?.kind == .missingInput }
            }
        }
    }
}

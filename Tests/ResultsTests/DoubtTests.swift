import BSBCorrespondence
import BSBImages
import BSBWorkbench
import TestSupport
import Testing

@testable import BSBAnswering
@testable import BSBResults

/// What makes an answer unsure, tried on a real answer whose parts are changed one by one.
@Suite struct DoubtTests {
    /// An answer that nothing speaks against: a part of half of its object on half of the mesh.
    private static func answer() throws -> Answer {
        let bench = PipelineTests.bench()
        let (mesh, photo, click) = try AnsweringTests.inputs()
        var answer = try bench.answer(click, in: photo, on: mesh)
        let (width, height) = (photo.image.width, photo.image.height)
        answer.masks = ClickMasks(object: rows(100, of: width, height), part: rows(50, of: width, height))
        answer.correspondence.existence = 0.9
        answer.correspondence.buddy?.qualifies = true
        answer.correspondence.buddy?.iou = 0.8
        setShare(0.5, of: &answer)
        return answer
    }

    private static func rows(_ count: Int, of width: Int, _ height: Int) -> Mask {
        var mask = Mask(width: width, height: height)
        for row in 0..<count { mask.insert(0..<width, row: row) }
        return mask
    }

    /// Makes the part as many of the first vertices as have a share of the surface.
    private static func setShare(_ share: Double, of answer: inout Answer) {
        var inside = 0.0
        answer.segment?.threshold = 0.5
        answer.segment?.probability = answer.mesh.areas.map { area in
            defer { inside += area }
            return inside < share ? 1 : 0
        }
    }

    @Test func nothingSpeaksAgainstAnAnswerThatLeadsBackToAPartOfTheSameSize() throws {
        let answer = try Self.answer()
        #expect(answer.doubts.isEmpty && answer.grade == .sure)
        let document = try MatchOutputs(answer, at: PipelineTests.bench(), includeCandidates: false).write(to: nil)
        #expect(document.grade == .sure && document.doubts == nil)
    }

    @Test func theWayBackItsIoUAndTheProbabilityAreDoubts() throws {
        var elsewhere = try Self.answer()
        elsewhere.correspondence.buddy?.qualifies = false
        elsewhere.correspondence.buddy?.iou = 0.1
        #expect(elsewhere.doubts == [.leadsElsewhere])
        var unlikely = try Self.answer()
        unlikely.correspondence.existence = 0.4
        #expect(unlikely.doubts == [.unlikely(0.4)])
        unlikely.correspondence.existence = nil
        #expect(unlikely.doubts.isEmpty)
        var other = try Self.answer()
        other.correspondence.buddy?.iou = 0.39
        #expect(other.doubts == [.otherPart(0.39)] && other.grade == .unsure)
        let document = try MatchOutputs(other, at: PipelineTests.bench(), includeCandidates: false).write(to: nil)
        #expect(document.grade == .unsure)
        #expect(document.doubts == ["clicked where the answer leads back to, the photo gives another part (IoU 0.39)"])
    }

    @Test(arguments: [(0.5, 50, false), (0.95, 20, true), (0.95, 50, false), (0.1, 50, true), (0.2, 50, false), (0.5, 5, true)])
    func aPartOfAnotherSizeIsADoubt(onMesh: Double, rowsInPhoto: Int, isDoubted: Bool) throws {
        var answer = try Self.answer()
        let (width, height) = (answer.photo.image.width, answer.photo.image.height)
        answer.masks.part = Self.rows(rowsInPhoto, of: width, height)
        Self.setShare(onMesh, of: &answer)
        #expect((answer.grade == .unsure) == isDoubted)
        guard isDoubted else { return }
        let doubt = try #require(answer.doubts.first)
        guard case .otherSize(let mesh, let photo) = doubt else {
            Issue.record("another doubt: \(doubt)")
            return
        }
        #expect(abs(mesh - onMesh) < 0.02 && abs(photo - Double(rowsInPhoto) / 100) < 1e-9)
    }

    @Test func withoutAnAnswerThereIsNoDoubt() throws {
        var answer = try Self.answer()
        answer.correspondence.buddy = nil
        #expect(answer.doubts.isEmpty && answer.grade == .none)
    }
}

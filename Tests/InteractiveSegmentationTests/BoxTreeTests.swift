import BSBBasics
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct BoxTreeTests {
    @Test(arguments: 0..<10) func takesWhatBruteForceFindsAndEachOnce(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func box(_ size: Float) -> BoxTree.Box {
            let low = SIMD3(generator.uniform(), generator.uniform(), generator.uniform())
            return .init(low: low, high: low + size * SIMD3(generator.uniform(), generator.uniform(), generator.uniform()))
        }
        let boxes = (0..<200).map { _ in box(0.1) }
        var tree = BoxTree(boxes)
        var left = Set(boxes.indices)
        for _ in 0..<30 {
            let (asked, parity) = (box(0.4), generator.index(below: 2))
            let expected = left.filter { boxes[$0].meets(asked) && $0 % 2 == parity }
            #expect(Set(tree.take(meeting: asked) { $0 % 2 == parity }) == expected)
            left.subtract(expected)
        }
        var empty = BoxTree([])
        #expect(empty.take(meeting: box(1)) { _ in true }.isEmpty)
    }

    @Test func piecesThatAreTakenAreNotLookedAtAgain() {
        // All in one place: each is asked about once, whoever asks.
        let boxes = [BoxTree.Box](repeating: .init(low: .zero, high: .one), count: 3000)
        var tree = BoxTree(boxes)
        var asked = 0
        for _ in 0..<100 {
            _ = tree.take(meeting: boxes[0]) { _ in
                asked += 1
                return true
            }
        }
        #expect(asked == 3000)
    }
}

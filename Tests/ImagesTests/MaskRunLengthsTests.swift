import BSBImages
import Testing

@Suite struct MaskRunLengthsTests {
    @Test func runsGoDownTheColumnsAndStartOutside() {
        // . X
        // X X
        // . .
        let mask = Mask(width: 2, height: 3) { x, y in (x == 1 && y < 2) || (x == 0 && y == 1) }
        #expect(mask.columnMajorRunLengths == [1, 1, 1, 2, 1])
        #expect(Mask(width: 2, height: 2).columnMajorRunLengths == [4])
        #expect(Mask(width: 2, height: 2).complement.columnMajorRunLengths == [0, 4])
    }

    @Test(arguments: [(1, 1), (7, 5), (64, 3), (65, 9)]) func lengthsAndBack(width: Int, height: Int) throws {
        let mask = Mask(width: width, height: height) { x, y in (x * 7 + y * 3 + x * y) % 4 < 2 }
        let lengths = mask.columnMajorRunLengths
        #expect(lengths.reduce(0, +) == width * height)
        #expect(Mask(width: width, height: height, columnMajorRunLengths: lengths) == mask)
    }

    @Test func lengthsOfAnotherSizeAreRefused() {
        #expect(Mask(width: 2, height: 2, columnMajorRunLengths: [3]) == nil)
        #expect(Mask(width: 2, height: 2, columnMajorRunLengths: [5, -1]) == nil)
    }
}

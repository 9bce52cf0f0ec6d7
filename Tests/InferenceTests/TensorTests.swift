import Testing

@testable import BSBInference

@Suite struct TensorTests {
    @Test func countsElements() {
        #expect(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).count == 6)
        #expect(Tensor([7], shape: []).count == 1)
        #expect(Tensor([], shape: [3, 0]).count == 0)
    }

    @Test func aShapeThatOverflowsOrIsNegativeHasNoCount() {
        #expect(Tensor.elementCount([Int.max, 2]) == nil)
        #expect(Tensor.elementCount([-1]) == nil)
        #expect(Tensor.elementCount([0, -1]) == nil)
    }

    @Test func floatsAreThereOnlyForFloats() {
        #expect(Tensor([1, 2], shape: [2]).floats == [1, 2])
        #expect(Tensor(.int64([1]), shape: [1]).floats == nil)
    }

    @Test func everyTypeHasItsOwnCode() {
        for type in Tensor.ElementType.allCases { #expect(Tensor.ElementType(code: type.code) == type) }
        #expect(Tensor.ElementType(code: 11) == nil)
    }
}

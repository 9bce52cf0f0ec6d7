import BSBBasics
import Testing

@Suite struct DisjointSetsTests {
    /// The lowest item that each is connected with, by walking until nothing changes.
    static func slow(_ count: Int, _ pairs: [(Int, Int)]) -> [Int] {
        var lowest = Array(0..<count)
        while true {
            let before = lowest
            for (a, b) in pairs {
                let least = min(lowest[a], lowest[b])
                (lowest[a], lowest[b]) = (least, least)
            }
            if lowest == before { return lowest }
        }
    }

    @Test(arguments: 0..<20) func rootsAreTheLowestConnectedItems(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = 60
        let pairs = (0..<Int(seed) * 4).map { _ in (generator.index(below: count), generator.index(below: count)) }
        var sets = DisjointSets(count: 0)
        for item in 0..<count { #expect(sets.add() == item) }
        for (a, b) in pairs { sets.join(a, b) }
        #expect(sets.roots() == Self.slow(count, pairs))
        #expect(sets.root(count - 1) == sets.roots()[count - 1])
    }

    @Test func anAttachedSetHasTheOthersRoot() {
        var sets = DisjointSets(count: 3)
        sets.attach(0, to: 2)
        #expect(sets.roots() == [2, 1, 2])
    }
}

@Suite struct WeightedOverlapTests {
    @Test func setsOverlapByWeight() {
        #expect(intersectionOverUnion([true, true, false], [false, true, true], weights: [1, 2, 1]) == 0.5)
        #expect(intersectionOverUnion([true, true], [true, false], weights: [3, 1]) == 0.75)
    }

    @Test func nothingHasNoOverlap() {
        #expect(intersectionOverUnion([false, false], [false, false], weights: [1, 1]) == 0)
        #expect(intersectionOverUnion([true, false], [true, true], weights: [0, 0]) == 0)
    }
}

@Suite struct SpaceVectorsTests {
    @Test(arguments: 0..<50) func productsAreThoseOfTheirDefinition(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let (a, b) = (SIMD3((0..<3).map { _ in generator.uniform(-3, 3) }), SIMD3((0..<3).map { _ in generator.uniform(-3, 3) }))
        let across = cross(a, b)
        #expect(abs(dot(across, a)) < 1e-4 && abs(dot(across, b)) < 1e-4)
        // Lagrange's identity.
        #expect(abs(dot(across, across) - (dot(a, a) * dot(b, b) - dot(a, b) * dot(a, b))) < 1e-2)
        #expect(abs(length(a.unitOrZero) - 1) < 1e-6 && abs(length(a.preciseUnitOrZero) - 1) < 1e-6)
        #expect(length(cross(a, a.unitOrZero)) < 1e-5)
    }

    @Test func whatHasNoDirectionHasNoUnit() {
        #expect(SIMD3<Float>.zero.unit() == nil && SIMD3<Float>.zero.unitOrZero == .zero && SIMD3<Float>.zero.preciseUnitOrZero == .zero)
        #expect(SIMD3<Double>(.infinity, 0, 0).unit() == nil && SIMD3<Double>(.nan, 0, 0).normalized() == nil)
        #expect(SIMD3<Float>(1e-7, 0, 0).unit(longerThan: 1e-6) == nil)
    }

    @Test func normalizedTakesAnySize() {
        #expect(SIMD3<Double>(3e-200, 4e-200, 0).normalized() == [0.6, 0.8, 0])
        #expect(SIMD3<Double>(3e200, 4e200, 0).normalized() == [0.6, 0.8, 0])
    }
}

import BSBBasics
import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct HangingPiecesTests {
    /// The slow way: every pair of pieces by edges is compared, over and over until nothing changes.
    private func slowly(_ isInside: [Bool], _ adjacency: Adjacency, _ rule: HangingPieces) -> [Int] {
        let shells = adjacency.vertexComponents()
        var number = isInside.indices.map { isInside[$0] ? $0 : -1 }
        var isChanging = true
        while isChanging {
            isChanging = false
            for edge in adjacency.edges where isInside[Int(edge.a)] && isInside[Int(edge.b)] {
                let lowest = min(number[Int(edge.a)], number[Int(edge.b)])
                for end in [Int(edge.a), Int(edge.b)] where number[end] != lowest { (number[end], isChanging) = (lowest, true) }
            }
        }
        let pieces = Dictionary(grouping: isInside.indices.filter { isInside[$0] }, by: { number[$0] })
        func lies(_ a: [Int], within b: [Int]) -> Bool {
            var (low, high) = (adjacency.positions[b[0]], adjacency.positions[b[0]])
            for position in b.map({ adjacency.positions[$0] }) { (low, high) = (pointwiseMin(low, position), pointwiseMax(high, position)) }
            let room = ((high - low) * (high - low)).sum().squareRoot() * rule.tolerance
            let count = a.count { all(adjacency.positions[$0] .>= low - room) && all(adjacency.positions[$0] .<= high + room) }
            return Float(count) >= rule.share * Float(a.count)
        }
        var group = Dictionary(uniqueKeysWithValues: pieces.keys.map { ($0, $0) })
        isChanging = true
        while isChanging {
            isChanging = false
            for (a, first) in pieces {
                for (b, second) in pieces where group[a]! != group[b]! && shells[first[0]] != shells[second[0]] {
                    guard lies(first, within: second) || lies(second, within: first) else { continue }
                    let (from, to) = (max(group[a]!, group[b]!), min(group[a]!, group[b]!))
                    for key in group.keys where group[key]! == from { group[key] = to }
                    isChanging = true
                }
            }
        }
        return number.map { $0 < 0 ? -1 : group[$0]! }
    }

    @Test func piecesAreThoseOfTheSlowWay() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<40 {
            let boxes = (0..<Int.random(in: 1...14, using: &generator)).map { _ -> Mesh in
                let low = SIMD3<Float>.random(in: -2...2, using: &generator)
                return box(low, low + SIMD3<Float>.random(in: 0.05...1.6, using: &generator))
            }
            let adjacency = Adjacency(merged(boxes))
            let isInside = adjacency.positions.map { _ in Float.random(in: 0...1, using: &generator) < 0.8 }
            #expect(HangingPieces().numbers(of: isInside, in: adjacency) == slowly(isInside, adjacency, HangingPieces()))
        }
    }

    @Test func numbersAreLowestPoints() throws {
        let boxes = [box([0, 0, 0], [1, 1, 1]), box([3, 0, 0], [4, 1, 1]), box([0.2, 0.2, 0.2], [0.8, 0.8, 0.8])]
        let adjacency = Adjacency(merged(boxes))
        let numbers = HangingPieces().numbers(of: adjacency.positions.map { _ in true }, in: adjacency)
        for (point, number) in numbers.enumerated() { #expect(number <= point && numbers[number] == number) }
        #expect(Set(numbers).count == 2)
        #expect(HangingPieces().numbers(of: adjacency.positions.map { _ in false }, in: adjacency).allSatisfy { $0 == -1 })
    }
}

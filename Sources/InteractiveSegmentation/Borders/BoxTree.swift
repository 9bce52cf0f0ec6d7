/// Boxes that are looked for by place, and taken out one by one.
struct BoxTree {
    /// A box from `low` to `high`.
    struct Box {
        var low = SIMD3<Float>(repeating: .infinity)
        var high = SIMD3<Float>(repeating: -.infinity)

        mutating func add(_ other: Box) { (low, high) = (pointwiseMin(low, other.low), pointwiseMax(high, other.high)) }

        func meets(_ other: Box) -> Bool { all(low .<= other.high) && all(high .>= other.low) }
    }

    private struct Node {
        var box: Box
        var children: (Int, Int)
        /// The one box of a leaf.
        var item: Int?
        /// The boxes that are left below.
        var left: Int
    }

    private let boxes: [Box]
    private var nodes: [Node] = []
    private var root: Int?

    /// A tree of all boxes.
    ///
    /// Complexity: O(n (log n)^2).
    init(_ boxes: [Box]) {
        self.boxes = boxes
        if !boxes.isEmpty { root = build(Array(boxes.indices)) }
    }

    private mutating func build(_ items: [Int]) -> Int {
        var whole = Box()
        for item in items { whole.add(boxes[item]) }
        guard items.count > 1 else {
            nodes.append(Node(box: whole, children: (-1, -1), item: items[0], left: 1))
            return nodes.count - 1
        }
        let extent = whole.high - whole.low
        let axis = extent.x >= extent.y && extent.x >= extent.z ? 0 : extent.y >= extent.z ? 1 : 2
        let middles = items.map { (boxes[$0].low[axis] + boxes[$0].high[axis], $0) }
        let sorted = middles.sorted { $0 < $1 }.map(\.1)
        let first = build(Array(sorted[..<(sorted.count / 2)]))
        let second = build(Array(sorted[(sorted.count / 2)...]))
        nodes.append(Node(box: whole, children: (first, second), item: nil, left: items.count))
        return nodes.count - 1
    }

    /// Takes out the boxes that meet one and that `isWanted` says yes to, and returns them.
    ///
    /// Complexity: O(boxes that meet it x log n).
    mutating func take(meeting box: Box, where isWanted: (Int) -> Bool) -> [Int] {
        var taken: [Int] = []
        if let root { take(root, box, isWanted, &taken) }
        return taken
    }

    private mutating func take(_ index: Int, _ box: Box, _ isWanted: (Int) -> Bool, _ taken: inout [Int]) {
        guard nodes[index].left > 0, nodes[index].box.meets(box) else { return }
        if let item = nodes[index].item {
            guard isWanted(item) else { return }
            nodes[index].left = 0
            taken.append(item)
            return
        }
        let (first, second) = nodes[index].children
        take(first, box, isWanted, &taken)
        take(second, box, isWanted, &taken)
        nodes[index].left = nodes[first].left + nodes[second].left
    }
}

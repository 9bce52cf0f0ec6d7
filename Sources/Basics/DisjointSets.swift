/// Items 0 ..< count in sets that grow together (union-find, Tarjan 1975, with path halving).
///
/// A set is named by its root. Complexity of each operation: O(log n) amortised.
package struct DisjointSets: Sendable {
    private var parent: [Int]

    /// `count` sets of one item each.
    package init(count: Int) { parent = Array(0..<count) }

    /// Adds an item that is a set of its own, and returns it.
    package mutating func add() -> Int {
        parent.append(parent.count)
        return parent.count - 1
    }

    /// The root of the set that an item is in.
    package mutating func root(_ item: Int) -> Int {
        var item = item
        while parent[item] != item {
            parent[item] = parent[parent[item]]
            item = parent[item]
        }
        return item
    }

    /// Joins the sets of two items; where all sets are joined so, a set's root is its lowest item.
    package mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        parent[max(a, b)] = min(a, b)
    }

    /// Makes the set of the root `root` part of that of the root `kept`, which stays its root.
    package mutating func attach(_ root: Int, to kept: Int) { parent[root] = kept }

    /// The root of each item's set.
    package mutating func roots() -> [Int] { parent.indices.map { root($0) } }
}

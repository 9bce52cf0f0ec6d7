/// Intersection over union of two sets of items: the weight of the items in both over that of the items in either; 0 where that is none.
///
/// - Parameters:
///   - a: whether each item is in the first set.
///   - b: whether each item is in the second set.
///   - weights: of each item, such as the areas of vertices.
package func intersectionOverUnion(_ a: [Bool], _ b: [Bool], weights: [Double]) -> Double {
    precondition(a.count == b.count && a.count == weights.count, "sets of the same items")
    var (both, either) = (0.0, 0.0)
    for i in weights.indices {
        if a[i] && b[i] { both += weights[i] }
        if a[i] || b[i] { either += weights[i] }
    }
    return either > 0 ? both / either : 0
}

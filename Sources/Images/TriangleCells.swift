/// Calls `body` for each cell whose centre is in a triangle of the plane, with the barycentric weights there.
///
/// A centre on an edge belongs to both triangles at it, so that neighbours leave no gap.
package func forEachCell(
    in triangle: (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>), width: Int, height: Int, _ body: (_ x: Int, _ y: Int, SIMD3<Float>) -> Void
) {
    let (a, b, c) = triangle
    let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    guard abs(area) > 1e-12 else { return }
    let low = pointwiseMin(a, pointwiseMin(b, c))
    let high = pointwiseMax(a, pointwiseMax(b, c))
    guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite else { return }
    let (left, right) = (max(0, Int((low.x - 0.5).rounded(.up))), min(Double(width - 1), (high.x - 0.5).rounded(.down)))
    let (top, bottom) = (max(0, Int((low.y - 0.5).rounded(.up))), min(Double(height - 1), (high.y - 0.5).rounded(.down)))
    guard Double(left) <= right, Double(top) <= bottom else { return }
    for y in top...Int(bottom) {
        for x in left...Int(right) {
            let p = SIMD2(Double(x) + 0.5, Double(y) + 0.5)
            let wa = ((b.x - p.x) * (c.y - p.y) - (b.y - p.y) * (c.x - p.x)) / area
            let wb = ((c.x - p.x) * (a.y - p.y) - (c.y - p.y) * (a.x - p.x)) / area
            let wc = 1 - wa - wb
            if wa >= -1e-9, wb >= -1e-9, wc >= -1e-9 { body(x, y, SIMD3(Float(wa), Float(wb), Float(wc))) }
        }
    }
}

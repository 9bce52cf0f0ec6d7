import BSBBasics
import BSBImages
import Testing

@Suite struct MaskTests {
    /// Masks of blobs, noise and stripes, of widths around the size of a word.
    static let samples: [Mask] = [(1, 1), (5, 7), (63, 9), (64, 8), (65, 12), (130, 20)].enumerated().flatMap { index, size in
        (0..<4).map { kind in
            var generator = SeededGenerator(seed: UInt64(index), stream: UInt64(kind))
            let density = [0.5, 0.2, 0.85, 0][kind]
            return Mask(width: size.0, height: size.1) { _, _ in Double(generator.uniform()) < density }
        }
    }

    @Test(arguments: samples) func spansBoxAndCentroid(mask: Mask) {
        var again = Mask(width: mask.width, height: mask.height)
        mask.forEachSpan { y, range in
            #expect(!range.isEmpty)
            #expect(range.lowerBound == 0 || !mask[range.lowerBound - 1, y])
            #expect(range.upperBound == mask.width || !mask[range.upperBound, y])
            again.insert(range, row: y)
        }
        #expect(again == mask)
        let points = pixels(mask)
        #expect(mask.count == points.count)
        guard let box = mask.boundingBox, let centroid = mask.centroid else { return #expect(points.isEmpty) }
        #expect(box.x == points.map(\.x).min() && box.x + box.width == points.map { $0.x + 1 }.max())
        #expect(box.y == points.map(\.y).min() && box.y + box.height == points.map { $0.y + 1 }.max())
        let mean = points.map { Float($0.x) + 0.5 }.reduce(0, +) / Float(points.count)
        #expect(abs(centroid.x - mean) < 1e-3)
        #expect(mask.cropped(box)?.count == mask.count)
    }

    @Test(arguments: samples) func complement(mask: Mask) {
        #expect(mask.complement == Mask(width: mask.width, height: mask.height) { x, y in !mask[x, y] })
        #expect(mask.complement.complement == mask)
    }

    @Test(arguments: samples) func componentsAreThoseOfAFloodFill(mask: Mask) {
        for connectivity in [Connectivity.four, .eight] {
            let parts = mask.components(connectivity)
            #expect(parts.map(\.count) == parts.map(\.count).sorted(by: >))
            #expect(parts.map(\.count).reduce(0, +) == mask.count)
            #expect(parts.reduce(Mask(width: mask.width, height: mask.height)) { $0.union($1) } == mask)
            #expect(Set(parts) == Set(flooded(mask, connectivity)))
            #expect(mask.components(connectivity, limit: 1) == Array(parts.prefix(1)))
            if let part = parts.last, let point = pixels(part).last {
                #expect(mask.component(containing: point.x, point.y, connectivity) == part)
            }
        }
        #expect(mask.component(containing: -1, 0) == nil && mask.component(containing: 0, mask.height) == nil)
    }

    @Test(arguments: samples, [1, 2, 3]) func dilationAndErosionAreThoseOfTheirDefinition(mask: Mask, radius: Int) {
        func isNear(_ wanted: Bool, _ x: Int, _ y: Int) -> Bool {
            (-radius...radius).contains { dy in
                (-radius...radius).contains { dx in
                    let (u, v) = (x + dx, y + dy)
                    return dx * dx + dy * dy <= radius * radius && u >= 0 && v >= 0 && u < mask.width && v < mask.height
                        && mask[u, v] == wanted
                }
            }
        }
        #expect(mask.dilated(by: radius) == Mask(width: mask.width, height: mask.height) { isNear(true, $0, $1) })
        #expect(mask.eroded(by: radius) == Mask(width: mask.width, height: mask.height) { !isNear(false, $0, $1) })
    }

    @Test func outlinesHaveTheirThickness() {
        let mask = Mask(width: 40, height: 40) { x, _ in x >= 20 }
        #expect(mask.boundary.boundingBox == PixelRectangle(x: 20, y: 0, width: 1, height: 40))
        #expect(mask.outline(thickness: 4).boundingBox == PixelRectangle(x: 18, y: 0, width: 4, height: 40))
        #expect(mask.outline(thickness: 3).boundingBox == PixelRectangle(x: 19, y: 0, width: 3, height: 40))
        #expect(mask.outline(thickness: 0).isEmpty)
        #expect(mask.fraction == 0.5)
        #expect(mask.resized(width: 4, height: 2) == Mask(width: 4, height: 2) { x, _ in x >= 2 })
    }

    @Test func thresholdingEqualsInterpolationPixelByPixel() {
        var generator = SeededGenerator(seed: 9)
        let sizes = [(1, 1, 1, 1), (70, 50, 1, 1), (130, 90, 7, 5), (65, 64, 64, 65), (20, 20, 90, 70), (200, 120, 16, 16)]
        for (w, h, columns, rows) in sizes {
            for trial in 0..<4 {
                let noisy = (0..<(columns * rows)).map { _ in generator.gaussian() - 0.3 }
                let values = trial == 3 ? noisy.map { $0 > 1 ? .nan : $0 > 0.5 ? .infinity : $0 } : noisy
                let scale = SIMD2(Float(columns) / Float(w), Float(rows) / Float(h)) * generator.uniform(0.4, 1.5)
                let offset: SIMD2<Float> = trial == 0 ? .zero : [generator.uniform(-2, 2), generator.uniform(-2, 2)]
                let fast = Mask(
                    width: w, height: h, thresholding: values, columns: columns, rows: rows, scale: scale, offset: offset, above: 0.1)
                let slow = Mask(width: w, height: h) { x, y in
                    interpolated(values, columns, rows, scale * [Float(x) + 0.5, Float(y) + 0.5] + offset) > 0.1
                }
                #expect(fast == slow, "\(w) x \(h) from \(columns) x \(rows), trial \(trial)")
            }
        }
    }

    @Test func thresholdingWithSenselessMapsIsHarmless() {
        for scale: Float in [.nan, .infinity, -.infinity, 0, -1, 1e30] {
            let mask = Mask(
                width: 10, height: 10, thresholding: [1, 1, 1, 1], columns: 2, rows: 2, scale: [scale, 1], offset: [0, scale])
            #expect(mask.count == 100)
        }
    }

    /// The bilinear mean of the cells around a point of the map's plane.
    private func interpolated(_ values: [Float], _ columns: Int, _ rows: Int, _ point: SIMD2<Float>) -> Float {
        let (x, y) = (min(max(point.x - 0.5, 0), Float(columns - 1)), min(max(point.y - 0.5, 0), Float(rows - 1)))
        let (c, r) = (Int(x), Int(y))
        let (right, below) = (min(c + 1, columns - 1), min(r + 1, rows - 1))
        func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + t * (b - a) }
        let start = mix(values[r * columns + c], values[below * columns + c], y - Float(r))
        let end = mix(values[r * columns + right], values[below * columns + right], y - Float(r))
        let corners = [values[r * columns + c], values[r * columns + right], values[below * columns + c], values[below * columns + right]]
        // With infinite values the formula may give no number; a mean of values above the threshold is above it.
        let isAbove = corners.contains(.infinity) && corners.allSatisfy { $0 > 0.1 }
        return isAbove ? .infinity : mix(start, end, x - Float(c))
    }

    private func pixels(_ mask: Mask) -> [(x: Int, y: Int)] {
        (0..<mask.height).flatMap { y in (0..<mask.width).filter { mask[$0, y] }.map { ($0, y) } }
    }

    private func flooded(_ mask: Mask, _ connectivity: Connectivity) -> [Mask] {
        var rest = mask
        var parts: [Mask] = []
        for (x, y) in pixels(mask) where rest[x, y] {
            var part = Mask(width: mask.width, height: mask.height)
            var stack = [(x, y)]
            while let (u, v) = stack.popLast() {
                guard u >= 0, v >= 0, u < mask.width, v < mask.height, rest[u, v] else { continue }
                rest[u, v] = false
                part[u, v] = true
                for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]
                where connectivity == .eight || dx * dy == 0 { stack.append((u + dx, v + dy)) }
            }
            parts.append(part)
        }
        return parts
    }

    @Test func spreadPixelsAreEvenlySpacedInOrderOfRows() {
        for (width, height, most) in [(1, 1, 3), (70, 9, 10), (130, 11, 64), (64, 4, 1000), (200, 7, 1)] {
            let mask = Mask(width: width, height: height) { x, y in (x * 7 + y * 13) % 5 < 2 || width == 1 }
            let all = (0..<height).flatMap { y in (0..<width).map { (x: $0, y: y) } }.filter { mask[$0.x, $0.y] }
            let wanted = min(most, all.count)
            let expected = (0..<wanted).map { all[$0 * all.count / wanted] }
            let found = mask.spreadPixels(most: most)
            #expect(found.map(\.x) == expected.map(\.x) && found.map(\.y) == expected.map(\.y))
        }
        #expect(Mask(width: 9, height: 9).spreadPixels(most: 5).isEmpty)
        #expect(Mask(width: 9, height: 9) { _, _ in true }.spreadPixels(most: 0).isEmpty)
    }
}

import BSBBasics
import BSBCorrespondence
import BSBDistillation
import BSBLinearAlgebra
import Foundation

/// What a library keeps of a mesh's features: those of vertices spread evenly over the surface, in bytes.
///
/// Matching compares directions alone, so each vector is kept as whole numbers from -127 to 127 of its largest entry.
package struct StoredFeatures: Hashable, Sendable {
    /// The most vertices that are kept.
    package static let rowLimit = 2048

    /// The length of a vector.
    package let dimension: Int
    /// n: the vertices of the file that rows are of.
    package let vertices: [Int32]
    /// n: the share of the surface that each row stands for.
    package let areas: [Float]
    /// n x 3 halves, positions in the unit ball.
    private let places: [UInt16]
    /// n x dimension.
    private let bytes: [Int8]

    /// The number of rows, n.
    package var count: Int { vertices.count }

    /// What is kept of a mesh's features.
    ///
    /// Of more rows than are kept each next one is that farthest from those taken (Gonzalez 1985), and each stands for the surface nearest to
    /// it. Complexity: O(n limit + n d).
    package init(_ surface: SurfaceFeatures, limit: Int = StoredFeatures.rowLimit) {
        let rows = (0..<surface.count).filter { row in
            let values = surface.field.values.row(row)
            return surface.eligible[row] && values.contains { $0 != 0 } && values.allSatisfy(\.isFinite)
        }
        let (chosen, areas) = Self.spread(rows, surface, limit)
        dimension = surface.field.dimension
        vertices = chosen.map { Int32(surface.vertex(ofRow: $0)) }
        self.areas = areas
        places = chosen.flatMap { row in (0..<3).map { HalfPrecision.bits(surface.positions[row][$0]) } }
        bytes = chosen.flatMap { Self.bytes(surface.field.values.row($0)) }
    }

    private static func bytes(_ row: ArraySlice<Float>) -> [Int8] {
        let largest = row.reduce(0) { max($0, abs($1)) }
        return row.map { Int8((127 * $0 / largest).rounded()) }
    }

    private static func spread(_ rows: [Int], _ surface: SurfaceFeatures, _ limit: Int) -> (rows: [Int], areas: [Float]) {
        guard rows.count > limit, let first = rows.first else { return (rows, rows.map { Float(surface.areas[$0]) }) }
        let points = rows.map { surface.positions[$0] }
        var chosen: [Int] = []
        var nearest = [Int](repeating: 0, count: rows.count)
        var distance = [Float](repeating: .infinity, count: rows.count)
        var next = rows.firstIndex(of: first) ?? 0
        while chosen.count < limit {
            let place = points[next]
            var farthest: (index: Int, distance: Float) = (0, -1)
            for index in points.indices {
                let offset = points[index] - place
                let squared = (offset * offset).sum()
                if squared < distance[index] { (distance[index], nearest[index]) = (squared, chosen.count) }
                if distance[index] > farthest.distance { farthest = (index, distance[index]) }
            }
            chosen.append(next)
            // All that is left lies on what was taken.
            guard farthest.distance > 0 else { break }
            next = farthest.index
        }
        var areas = [Double](repeating: 0, count: chosen.count)
        for (index, owner) in nearest.enumerated() { areas[owner] += surface.areas[rows[index]] }
        return (chosen.map { rows[$0] }, areas.map { Float($0) })
    }
}

extension StoredFeatures {
    /// The vectors: n x dimension, each of some length.
    package func values() -> Matrix { Matrix(rows: count, columns: dimension, values: bytes.map { Float($0) }) }

    /// n positions in the unit ball.
    package func positions() -> [SIMD3<Float>] {
        (0..<count).map { row in SIMD3((0..<3).map { HalfPrecision.float(places[3 * row + $0]) }) }
    }

    /// The rows, ready to be matched; rows are in place of vertices.
    package func surface() -> SurfaceFeatures {
        SurfaceFeatures(
            FeatureField(values: values(), observed: [Bool](repeating: true, count: count)), positions: positions(),
            areas: areas.map { Double($0) })
    }

    /// The smallest cosine of a row with what it was made of.
    func leastCosine(_ surface: SurfaceFeatures) -> Float {
        let original = surface.values(at: vertices.map { Int($0) }).withNormalizedRows()
        let kept = values().withNormalizedRows()
        return (0..<count).map { row in zip(original.row(row), kept.row(row)).reduce(0) { $0 + $1.0 * $1.1 } }.min() ?? 1
    }
}

extension StoredFeatures {
    private static let mark: [UInt8] = Array("BSBROWS1".utf8)

    /// The bytes of a file: a mark, n and the dimension, then vertices, areas, positions and vectors, little-endian.
    func encoded() -> Data {
        var data = Data(Self.mark)
        func append<T: BitwiseCopyable>(_ values: [T]) { values.withUnsafeBytes { data.append(contentsOf: $0) } }
        append([UInt32(count), UInt32(dimension)])
        append(vertices)
        append(areas)
        append(places)
        append(bytes)
        return data
    }

    /// Reads what ``encoded()`` made.
    ///
    /// Throws `Failure` if the file is missing or damaged.
    init(contentsOf path: String) throws {
        let operation = "reading features"
        try self.init(AtomicFile.readFile(path, operation: operation), path: path)
    }

    /// Decodes what ``encoded()`` made; `path` names it in failures.
    ///
    /// Throws `Failure(.badInput)`.
    init(_ data: Data, path: String) throws {
        let broken = Failure(
            .badInput, "reading features", path: path, reason: "the file is damaged", hint: "add the mesh anew with --again")
        guard data.count >= 16, data.starts(with: Self.mark) else { throw broken }
        var offset = Self.mark.count
        func load<T: BitwiseCopyable>(_ count: Int, _ zero: T) -> [T] {
            let range = (data.startIndex + offset)..<(data.startIndex + offset + count * MemoryLayout<T>.stride)
            offset += count * MemoryLayout<T>.stride
            return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
                // The length was checked before.
                data.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), from: range)
                initialized = count
            }
        }
        let sizes = load(2, UInt32(0)).map { Int($0) }
        let (count, dimension) = (sizes[0], sizes[1])
        guard count <= 1 << 24, dimension <= 1 << 16, data.count == 16 + count * (14 + dimension) else { throw broken }
        self.dimension = dimension
        vertices = load(count, Int32(0))
        areas = load(count, Float(0))
        places = load(3 * count, UInt16(0))
        bytes = load(count * dimension, Int8(0))
        guard vertices.allSatisfy({ $0 >= 0 }), areas.allSatisfy(\.isFinite) else { throw broken }
    }
}

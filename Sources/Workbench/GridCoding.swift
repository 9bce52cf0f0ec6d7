import BSBBackbones
import BSBBasics
import Foundation

// Grids and embeddings as bytes for the cache: eight 32-bit numbers of layout, the fourth of which tells whether the knots of columns and
// rows follow; then the values, all little-endian.

extension FeatureGrid {
    /// The grid as bytes.
    var cacheData: Data {
        var data = Data()
        for number in [UInt32(columns), UInt32(rows), UInt32(dimension), knots == nil ? 0 : 1] {
            withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
        }
        for number in [map.scaleX, map.scaleY, map.offsetX, map.offsetY] {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        for numbers in [knots?.x ?? [], knots?.y ?? [], values] { numbers.withUnsafeBytes { data.append(contentsOf: $0) } }
        return data
    }

    /// The number of bytes of the grid that `data` begins with, or nil if that cannot be.
    static func cachedLength(_ data: Data) -> Int? {
        CachedGridHeader(data).flatMap { $0.length <= Double(data.count) ? Int($0.length) : nil }
    }

    /// The grid that was stored as `data`, or nil if the sizes do not fit.
    init?(cached data: Data) {
        guard let header = CachedGridHeader(data), header.length == Double(data.count) else { return nil }
        let count = (data.count - CachedGridHeader.size) / 4
        let numbers = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            _ = data.dropFirst(CachedGridHeader.size).copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
        // A file may be whole and hold nonsense.
        guard numbers.allSatisfy(\.isFinite), header.map.isFinite else { return nil }
        let (columns, rows) = (Int(header.columns), Int(header.rows))
        let knots = header.hasKnots ? GridKnots(x: Array(numbers[..<columns]), y: Array(numbers[columns..<columns + rows])) : nil
        self.init(
            columns: columns, rows: rows, dimension: Int(header.dimension),
            values: knots == nil ? numbers : Array(numbers[(columns + rows)...]), map: header.map, knots: knots)
    }
}

/// What the bytes of a grid begin with.
private struct CachedGridHeader {
    static let size = 32
    let columns: UInt32
    let rows: UInt32
    let dimension: UInt32
    let hasKnots: Bool
    let map: PlaneMap

    /// Nil if there are too few bytes, or nothing in the grid.
    init?(_ data: Data) {
        guard data.count >= Self.size else { return nil }
        let words = data.withUnsafeBytes { bytes in
            (0..<8).map { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
        }
        (columns, rows, dimension, hasKnots) = (words[0], words[1], words[2], words[3] == 1)
        // Beside a zero the others may be anything.
        guard columns > 0, rows > 0, dimension > 0 else { return nil }
        let numbers = words[4...].map { Float(bitPattern: $0) }
        map = PlaneMap(scaleX: numbers[0], scaleY: numbers[1], offsetX: numbers[2], offsetY: numbers[3])
    }

    /// The bytes of the grid.
    ///
    /// Damaged sizes may be anything, so their product is taken where it cannot overflow.
    var length: Double {
        let values = Double(columns) * Double(rows) * Double(dimension)
        return Double(Self.size) + 4 * (values + (hasKnots ? Double(columns) + Double(rows) : 0))
    }
}

extension ImageEmbedding {
    /// The embedding as bytes.
    var cacheData: Data {
        var data = Data()
        for number in [UInt32(imageWidth), UInt32(imageHeight)] { withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) } }
        return ([features] + extras).reduce(into: data) { $0 += $1.cacheData }
    }

    /// The embedding that was stored as `data`, or nil if the sizes do not fit.
    init?(cached data: Data) {
        guard data.count >= 8 else { return nil }
        var (grids, rest): ([FeatureGrid], Data) = ([], Data(data.dropFirst(8)))
        while !rest.isEmpty {
            guard let length = FeatureGrid.cachedLength(rest), length <= rest.count,
                let grid = FeatureGrid(cached: Data(rest.prefix(length)))
            else { return nil }
            grids.append(grid)
            rest = Data(rest.dropFirst(length))
        }
        guard let features = grids.first else { return nil }
        let size = data.withUnsafeBytes { bytes in
            (0..<2).map { Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))) }
        }
        self.init(imageWidth: size[0], imageHeight: size[1], features: features, extras: Array(grids.dropFirst()))
    }
}

extension PlaneMap {
    fileprivate var isFinite: Bool { [scaleX, scaleY, offsetX, offsetY].allSatisfy(\.isFinite) }
}

/// Reads what an entry of the cache holds, whichever kind it is: for feeding it with damaged bytes.
package enum CacheReading {
    /// Reads the bytes as each kind of entry.
    package static func read(_ data: Data) {
        _ = FeatureGrid(cached: data)
        _ = ImageEmbedding(cached: data)
        _ = (try? NumPyArray(decoding: data)).map { $0.floats() }
    }
}

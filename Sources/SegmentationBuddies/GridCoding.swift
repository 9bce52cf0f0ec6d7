import Backbones
import Foundation

// Grids and embeddings as bytes for the cache: eight 32-bit numbers of layout, then the values, all little-endian.

extension FeatureGrid {
    /// The grid as bytes.
    var cacheData: Data {
        var data = Data()
        for number in [UInt32(columns), UInt32(rows), UInt32(dimension), 0] {
            withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
        }
        for number in [map.scaleX, map.scaleY, map.offsetX, map.offsetY] {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        values.withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }

    /// The number of bytes of the grid that `data` begins with, or nil if that cannot be.
    static func cachedLength(_ data: Data) -> Int? {
        guard data.count >= 32 else { return nil }
        let sizes = data.withUnsafeBytes { bytes in
            (0..<3).map { Double(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))) }
        }
        let length = 32 + 4 * sizes.reduce(1, *)
        return length <= Double(data.count) ? Int(length) : nil
    }

    /// The grid that was stored as `data`, or nil if the sizes do not fit.
    init?(cached data: Data) {
        guard data.count >= 32 else { return nil }
        let header = data.withUnsafeBytes { bytes in
            (0..<8).map { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
        }
        // Damaged sizes may be anything, so their product is taken where it cannot overflow.
        guard Double(header[0]) * Double(header[1]) * Double(header[2]) == Double(data.count - 32) / 4 else { return nil }
        let count = (data.count - 32) / 4
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            _ = data.dropFirst(32).copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
        let numbers = header[4...].map { Float(bitPattern: $0) }
        self.init(
            columns: Int(header[0]), rows: Int(header[1]), dimension: Int(header[2]), values: values,
            map: PlaneMap(scaleX: numbers[0], scaleY: numbers[1], offsetX: numbers[2], offsetY: numbers[3]))
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

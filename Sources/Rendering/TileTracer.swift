import BSBCEmbree

/// Traces a camera's rays in packets, each a small tile of pixels, one row of tiles after another.
///
/// Packets are laid out as Embree's RTCRayHit4, 8 or 16: each field is a run of `lanes` numbers, in the order of `Field`.
struct TileTracer {
    private let scene: RayScene
    private let frame: CameraFrame
    private let size: RasterSize
    private let culling: Culling
    private let interpolation: Interpolation
    private let lanes: Int
    private let tile: RasterSize

    /// The order of fields in Embree's ray packets.
    private enum Field: Int {
        case originX, originY, originZ, near, directionX, directionY, directionZ, time, far, mask, id, flags
        case normalX, normalY, normalZ, u, v, primitive, geometry, instance
        static let count = 20
    }

    init(scene: RayScene, frame: CameraFrame, size: RasterSize, culling: Culling, interpolation: Interpolation) {
        self.scene = scene
        self.frame = frame
        self.size = size
        self.culling = culling
        self.interpolation = interpolation
        lanes = scene.accelerator.packetWidth
        tile = lanes == 4 ? RasterSize(2) : RasterSize(width: 4, height: lanes / 4)
    }

    /// Fills `buffers` where the mesh is seen.
    func trace(into buffers: inout SurfaceBuffers) {
        guard let region = coveredRegion() else { return }
        let tiles = (region.x.lowerBound / tile.width)..<((region.x.upperBound + tile.width - 1) / tile.width)
        let rows = (region.y.lowerBound / tile.height)..<((region.y.upperBound + tile.height - 1) / tile.height)
        let bytes = tiles.count * Field.count * lanes * MemoryLayout<Float>.stride
        buffers.withUnsafeOutput { output in
            withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { strip in
                for row in rows {
                    let packets = Packets(base: strip.baseAddress!, lanes: lanes)
                    for (k, column) in tiles.enumerated() { setUp(packets[k], column: column, row: row) }
                    intersect(strip.baseAddress!, count: tiles.count)
                    for (k, column) in tiles.enumerated() { store(packets[k], column: column, row: row, to: output) }
                }
            }
        }
    }

    // MARK: Packets

    /// A row of ray packets in memory.
    private struct Packets {
        let base: UnsafeMutableRawPointer
        let lanes: Int

        subscript(index: Int) -> Packet {
            Packet(base: (base + index * Field.count * lanes * 4).assumingMemoryBound(to: Float.self), lanes: lanes)
        }
    }

    /// One ray packet in memory: `Field.count` runs of `lanes` 32-bit numbers.
    private struct Packet {
        let base: UnsafeMutablePointer<Float>
        let lanes: Int

        @inline(__always)
        subscript(_ field: Field) -> UnsafeMutablePointer<Float> { base + field.rawValue * lanes }

        @inline(__always)
        func fill(_ field: Field, _ value: Float) { self[field].update(repeating: value, count: lanes) }
    }

    private func setUp(_ packet: Packet, column: Int, row: Int) {
        packet.fill(.originX, frame.eye.x)
        packet.fill(.originY, frame.eye.y)
        packet.fill(.originZ, frame.eye.z)
        packet.fill(.near, 0)
        packet.fill(.time, 0)
        packet.fill(.far, .infinity)
        packet.fill(.mask, Float(bitPattern: .max))
        packet.fill(.flags, 0)
        packet.fill(.geometry, Float(bitPattern: .max))
        packet.fill(.instance, Float(bitPattern: .max))
        let (x, y, z) = (packet[.directionX], packet[.directionY], packet[.directionZ])
        for lane in 0..<lanes {
            let direction = direction(x: column * tile.width + lane % tile.width, y: row * tile.height + lane / tile.width)
            x[lane] = direction.x
            y[lane] = direction.y
            z[lane] = direction.z
        }
    }

    @inline(__always)
    private func direction(x: Int, y: Int) -> SIMD3<Float> {
        frame.direction(through: [Float(x) + 0.5, Float(y) + 0.5], size: size)
    }

    private func intersect(_ packets: UnsafeMutableRawPointer, count: Int) {
        var context = bsb_embree_default_context()
        context.flags = RTC_INTERSECT_CONTEXT_FLAG_COHERENT
        switch culling {
        case .none: intersect(packets, count: count, &context)
        case .kaolin:
            scene.faceNormals.withUnsafeBufferPointer { normals in
                guard let normals = normals.baseAddress else { return }
                var cull = WindingCull(context: context, normals: normals, axis: frame.z)
                cull.withContext { intersect(packets, count: count, $0) }
            }
        }
    }

    private func intersect(_ packets: UnsafeMutableRawPointer, count: Int, _ context: UnsafeMutablePointer<RTCIntersectContext>) {
        let stride = Field.count * lanes * MemoryLayout<Float>.stride
        rtcIntersectNM(scene.accelerator.scene, context, OpaquePointer(packets), UInt32(lanes), UInt32(count), stride)
    }

    private func store(_ packet: Packet, column: Int, row: Int, to output: SurfaceBuffers.Output) {
        let (faces, far, u, v) = (packet[.primitive], packet[.far], packet[.u], packet[.v])
        let hit = packet[.geometry]
        for lane in 0..<lanes where hit[lane].bitPattern == 0 {
            let (x, y) = (column * tile.width + lane % tile.width, row * tile.height + lane / tile.width)
            guard x < size.width, y < size.height else { continue }
            let pixel = y * size.width + x
            let face = Int(faces[lane].bitPattern)
            output.faceIDs[pixel] = Int32(face)
            output.depth[pixel] = far[lane]
            let weights = SIMD2(u[lane], v[lane])
            output.barycentrics[pixel] = interpolation == .screenLinear ? screenLinear(weights, face: face) : weights
            output.normals[pixel] = frame.cameraDirection(scene.faceNormals[face])
        }
    }

    /// The weights that vary linearly over the picture, at the point of the triangle that has the given weights.
    ///
    /// They are each corner's weight times its depth, scaled to a sum of 1. Where a corner is not in front of the eye there are none, and the given weights stay.
    private func screenLinear(_ weights: SIMD2<Float>, face: Int) -> SIMD2<Float> {
        let (a, b, c) = scene.mesh.corners(of: scene.mesh.faces[face])
        let depths = -SIMD3(frame.cameraPosition(a).z, frame.cameraPosition(b).z, frame.cameraPosition(c).z)
        guard depths.min() > 0 else { return weights }
        let scaled = SIMD3(1 - weights.x - weights.y, weights.x, weights.y) * depths
        return SIMD2(scaled.y, scaled.z) / scaled.sum()
    }

    /// The pixels among which all covered ones are: the box around the projected bounds, or everything where the eye is too near for that.
    private func coveredRegion() -> (x: Range<Int>, y: Range<Int>)? {
        let (lower, upper) = scene.bounds
        guard lower.x <= upper.x else { return nil }
        var (least, most) = (SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity))
        for corner in 0..<8 {
            let point = SIMD3<Float>(
                corner & 1 == 0 ? lower.x : upper.x, corner & 2 == 0 ? lower.y : upper.y, corner & 4 == 0 ? lower.z : upper.z)
            guard let (position, _) = frame.project(point, size: size) else { return (0..<size.width, 0..<size.height) }
            least = pointwiseMin(least, position)
            most = pointwiseMax(most, position)
        }
        guard let x = Self.pixels(from: least.x, to: most.x, below: size.width),
            let y = Self.pixels(from: least.y, to: most.y, below: size.height)
        else { return nil }
        return (x, y)
    }

    /// The pixels between two positions, with one to spare for rounding; nil where there are none.
    private static func pixels(from low: Float, to high: Float, below count: Int) -> Range<Int>? {
        let (first, last) = (max(low - 1, 0), min(high + 2, Float(count)))
        return first < last ? Int(first)..<min(Int(last.rounded(.up)), count) : nil
    }
}

extension SurfaceBuffers {
    /// Where the pixels of the buffers lie in memory.
    struct Output {
        let faceIDs: UnsafeMutablePointer<Int32>
        let barycentrics: UnsafeMutablePointer<SIMD2<Float>>
        let depth: UnsafeMutablePointer<Float>
        let normals: UnsafeMutablePointer<SIMD3<Float>>
    }

    /// Lends the memory of all four buffers to `body`, each size.width x size.height long and not empty.
    mutating func withUnsafeOutput(_ body: (Output) -> Void) {
        faceIDs.withUnsafeMutableBufferPointer { faceIDs in
            barycentrics.withUnsafeMutableBufferPointer { barycentrics in
                depth.withUnsafeMutableBufferPointer { depth in
                    normals.withUnsafeMutableBufferPointer { normals in
                        body(
                            Output(
                                faceIDs: faceIDs.baseAddress!, barycentrics: barycentrics.baseAddress!, depth: depth.baseAddress!,
                                normals: normals.baseAddress!))
                    }
                }
            }
        }
    }
}

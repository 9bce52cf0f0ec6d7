import BSBBasics
import BSBCEmbree
import BSBShapes

/// An Embree device and a committed scene of one triangle geometry.
///
/// Unsafe by invariant: the scene is committed in `init` and never changed after, and Embree's queries on a committed scene may run on
/// any threads at once, so sharing the two handles is sound.
final class Accelerator: @unchecked Sendable {
    let scene: RTCScene
    private let device: RTCDevice
    /// The number of rays that this processor traces at once as a packet.
    let packetWidth: Int
    /// The number of triangles beyond which the tree is kept small.
    private static let compactFaces = 1_000_000

    /// The number of triangles' boxes that a ray meets beyond which triangles are cut.
    static let crowd: Float = 100

    /// - Throws: `Failure` where Embree reports an error, such as no memory.
    /// - Complexity: O(#F log #F).
    init(mesh: Mesh, leavingOut repeats: [UInt32]) throws {
        // One thread, so that the tree and with it the choice among equally near triangles never depends on the machine's load.
        var configuration = "threads=1,set_affinity=0"
        // Slivers, as around the tip of a fine cone, all lie in each other's boxes: their boxes are cut into pieces, at most 16 for each, which
        // takes 40 microseconds of each triangle and leaves a tenth of the boxes. Where a ray hits stays the same.
        if Self.boxesMet(by: mesh) > Self.crowd {
            configuration += ",tri_accel=bvh4.triangle4v,tri_builder=sah_fast_spatial,max_spatial_split_replications=16"
        }
        guard let device = rtcNewDevice(configuration) else { throw Self.failure(nil) }
        guard let scene = rtcNewScene(device) else {
            rtcReleaseDevice(device)
            throw Self.failure(nil)
        }
        self.device = device
        self.scene = scene
        packetWidth = Self.nativePacketWidth(device)
        var flags = RTC_SCENE_FLAG_ROBUST.rawValue | RTC_SCENE_FLAG_CONTEXT_FILTER_FUNCTION.rawValue
        // Half the memory for a third of the speed, where memory is what runs out.
        if mesh.faces.count > Self.compactFaces { flags |= RTC_SCENE_FLAG_COMPACT.rawValue }
        rtcSetSceneFlags(scene, RTCSceneFlags(flags))
        if !mesh.faces.isEmpty { try attach(mesh, leavingOut: repeats) }
        rtcCommitScene(scene)
        try check()
    }

    deinit {
        rtcReleaseScene(scene)
        rtcReleaseDevice(device)
    }

    /// How many boxes of triangles a line through the mesh's own box meets in the mean: the sum of their surfaces as a share of its own.
    static func boxesMet(by mesh: Mesh) -> Float {
        func surface(_ low: SIMD3<Float>, _ high: SIMD3<Float>) -> Float {
            let side = high - low
            return side.x * side.y + side.y * side.z + side.z * side.x
        }
        var (low, high) = (SIMD3<Float>(repeating: .infinity), SIMD3<Float>(repeating: -.infinity))
        var sum: Float = 0
        for face in mesh.faces {
            let corners = mesh.corners(of: face)
            let least = pointwiseMin(pointwiseMin(corners.0, corners.1), corners.2)
            let most = pointwiseMax(pointwiseMax(corners.0, corners.1), corners.2)
            let met = surface(least, most)
            guard met.isFinite else { continue }
            (low, high) = (pointwiseMin(low, least), pointwiseMax(high, most))
            sum += met
        }
        let whole = surface(low, high)
        return whole > 0 ? sum / whole : 0
    }

    private func attach(_ mesh: Mesh, leavingOut repeats: [UInt32]) throws {
        guard let geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE) else { throw Self.failure(device) }
        defer { rtcReleaseGeometry(geometry) }
        // A triangle with a corner that is nowhere is in no tree.
        let nowhere = UInt32(mesh.vertices.count)
        try copy(mesh.vertices + [SIMD3(repeating: .nan)], to: geometry, RTC_BUFFER_TYPE_VERTEX, RTC_FORMAT_FLOAT3)
        var faces = mesh.faces
        for face in repeats { faces[Int(face)] = SIMD3(repeating: nowhere) }
        try copy(faces, to: geometry, RTC_BUFFER_TYPE_INDEX, RTC_FORMAT_UINT3)
        rtcCommitGeometry(geometry)
        rtcAttachGeometry(scene, geometry)
    }

    /// Copies an array into a buffer of Embree's own; SIMD3's stride of 16 bytes is kept, as Embree reads whole vectors.
    private func copy<Element>(_ source: [Element], to geometry: RTCGeometry, _ type: RTCBufferType, _ format: RTCFormat) throws {
        let stride = MemoryLayout<Element>.stride
        guard let buffer = rtcSetNewGeometryBuffer(geometry, type, 0, format, stride, source.count) else { throw Self.failure(device) }
        source.withUnsafeBytes { buffer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    private func check() throws {
        guard rtcGetDeviceError(device) == RTC_ERROR_NONE else { throw Self.failure(device) }
    }

    private static func failure(_ device: RTCDevice?) -> Failure {
        let code = rtcGetDeviceError(device)
        let reason = code == RTC_ERROR_OUT_OF_MEMORY ? "out of memory" : "Embree reports error \(code.rawValue)"
        return Failure(.internal, "preparing the mesh for ray casting", reason: reason)
    }

    private static func nativePacketWidth(_ device: RTCDevice) -> Int {
        if rtcGetDeviceProperty(device, RTC_DEVICE_PROPERTY_NATIVE_RAY16_SUPPORTED) != 0 { return 16 }
        return rtcGetDeviceProperty(device, RTC_DEVICE_PROPERTY_NATIVE_RAY8_SUPPORTED) != 0 ? 8 : 4
    }
}

import BSBCEmbree

extension RayScene {
    /// The nearest triangle along each ray, from either side; nil where there is none, or the ray is empty or not finite.
    ///
    /// - Complexity: O(log #F) for each ray.
    package func nearestHits(_ rays: [Ray]) -> [RayHit?] {
        let hits = [RayHit](unsafeUninitializedCapacity: rays.count) { hits, count in
            rays.withUnsafeBufferPointer { nearestHits($0, into: hits) }
            count = rays.count
        }
        return hits.map { $0.face < 0 ? nil : $0 }
    }

    /// The nearest triangle along each ray, written to the first `rays.count` places of `hits`; ``RayHit/miss`` where there is none.
    package func nearestHits(_ rays: UnsafeBufferPointer<Ray>, into hits: UnsafeMutableBufferPointer<RayHit>) {
        precondition(hits.count >= rays.count, "room for a hit for each ray")
        Self.inBatches(rays.count, of: RTCRayHit.self) { batch, range in
            for (i, ray) in zip(range, rays[range]) {
                batch[i - range.lowerBound] = RTCRayHit(ray: ray.embree, hit: .none)
            }
            var context = bsb_embree_default_context()
            rtcIntersect1M(accelerator.scene, &context, batch.baseAddress, UInt32(range.count), MemoryLayout<RTCRayHit>.stride)
            for i in range { (hits.baseAddress! + i).initialize(to: RayHit(batch[i - range.lowerBound])) }
        }
    }

    /// Whether anything lies on each ray, from either side; false where the ray is empty or not finite.
    ///
    /// - Complexity: O(log #F) for each ray; faster than ``nearestHits(_:)-([Ray])``.
    package func occluded(_ rays: [Ray]) -> [Bool] {
        [Bool](unsafeUninitializedCapacity: rays.count) { results, count in
            rays.withUnsafeBufferPointer { occluded($0, into: results) }
            count = rays.count
        }
    }

    /// Whether anything lies on each ray, written to the first `rays.count` places of `results`.
    package func occluded(_ rays: UnsafeBufferPointer<Ray>, into results: UnsafeMutableBufferPointer<Bool>) {
        precondition(results.count >= rays.count, "room for a result for each ray")
        Self.inBatches(rays.count, of: RTCRay.self) { batch, range in
            for (i, ray) in zip(range, rays[range]) { batch[i - range.lowerBound] = ray.embree }
            var context = bsb_embree_default_context()
            rtcOccluded1M(accelerator.scene, &context, batch.baseAddress, UInt32(range.count), MemoryLayout<RTCRay>.stride)
            // Embree marks an occluded ray by an end of minus infinity; an untraceable ray keeps the end of -1 it was given.
            for i in range { (results.baseAddress! + i).initialize(to: batch[i - range.lowerBound].tfar == -.infinity) }
        }
    }

    /// Calls `body` for the items 0 ..< count in runs of at most 256, with room on the stack for a run.
    private static func inBatches<T>(_ count: Int, of type: T.Type, _ body: (UnsafeMutableBufferPointer<T>, Range<Int>) -> Void) {
        withUnsafeTemporaryAllocation(of: type, capacity: min(count, 256)) { batch in
            for start in stride(from: 0, to: count, by: 256) { body(batch, start..<min(start + 256, count)) }
        }
    }
}

extension Ray {
    /// The ray in Embree's layout; one that cannot be traced is given an end before its start, which Embree skips.
    fileprivate var embree: RTCRay {
        let far = isTraceable ? far : -1
        return RTCRay(
            org_x: origin.x, org_y: origin.y, org_z: origin.z, tnear: max(isTraceable ? near : 0, 0),
            dir_x: direction.x, dir_y: direction.y, dir_z: direction.z, time: 0, tfar: far, mask: .max, id: 0, flags: 0)
    }
}

extension RTCHit {
    /// No hit yet.
    fileprivate static let none = RTCHit(
        Ng_x: 0, Ng_y: 0, Ng_z: 0, u: 0, v: 0, primID: .max, geomID: .max,
        instID: .max)
}

extension RayHit {
    fileprivate init(_ rayHit: RTCRayHit) {
        guard rayHit.hit.geomID != UInt32.max else {
            self = .miss
            return
        }
        self.init(
            face: Int32(bitPattern: rayHit.hit.primID), barycentrics: [rayHit.hit.u, rayHit.hit.v], distance: rayHit.ray.tfar)
    }
}

import BSBBasics

extension Mesh {
    /// The corners of a triangle in double precision.
    @inline(__always)
    func corners(_ face: SIMD3<UInt32>) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
        (SIMD3<Double>(vertices[Int(face.x)]), SIMD3<Double>(vertices[Int(face.y)]), SIMD3<Double>(vertices[Int(face.z)]))
    }

    /// Twice the area of a triangle, along its normal.
    @inline(__always)
    func areaVector(_ face: SIMD3<UInt32>) -> SIMD3<Double> {
        let (a, b, c) = corners(face)
        return cross(b - a, c - a)
    }

    /// #F areas of the triangles, in file units squared.
    package func faceAreas() -> [Double] {
        faces.map { length(areaVector($0)) / 2 }
    }

    /// #F unit normals of the triangles by the right-hand rule; zero for a triangle without area.
    package func faceNormals() -> [SIMD3<Float>] {
        faces.map { unitOrZero(areaVector($0)) }
    }

    /// #V unit normals: the area-weighted mean of the normals of the triangles around the place of each vertex.
    ///
    /// Zero where no triangle is, or where they cancel. With `welded` false, only triangles that use the vertex itself count, so that
    /// creases of unwelded meshes stay sharp.
    package func vertexNormals(welded: Bool = true) -> [SIMD3<Float>] {
        let place = welded ? Weld(vertices).welded : (0..<UInt32(vertices.count)).map { $0 }
        var sums = [SIMD3<Double>](repeating: .zero, count: vertices.count)
        for face in faces {
            let normal = areaVector(face)
            for corner in 0..<3 { sums[Int(place[Int(face[corner])])] += normal }
        }
        return place.map { unitOrZero(sums[Int($0)]) }
    }

    /// #V areas: a third of each triangle goes to each of its corners, so that they add up to the mesh's area.
    package func vertexAreas() -> [Double] {
        var areas = [Double](repeating: 0, count: vertices.count)
        for (face, area) in zip(faces, faceAreas()) {
            for corner in 0..<3 { areas[Int(face[corner])] += area / 3 }
        }
        return areas
    }

    private func unitOrZero(_ vector: SIMD3<Double>) -> SIMD3<Float> { vector.unit().map { SIMD3<Float>($0) } ?? .zero }
}

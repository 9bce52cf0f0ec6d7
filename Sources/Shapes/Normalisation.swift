import BSBBasics

/// The map from a mesh file's units to the unit ball in which views are rendered and fields are fitted, and back.
///
/// normalised = (position - center) / scale.
package struct Normalisation: Hashable, Sendable, Codable {
    /// How the centre and scale are found.
    package enum Method: String, CaseIterable, Sendable, Codable {
        /// Centre: mean of the vertices that faces use; scale: the largest distance to one of them.
        case vertexMean
        /// Centre and scale over all vertices of the file, used or not: exactly what the published code does.
        case reference
        /// The smallest sphere around the vertices that faces use; it does not depend on how finely the mesh is divided.
        case boundingSphere
    }

    /// The point that becomes the origin, in file units.
    package var center: SIMD3<Double>
    /// The length that becomes 1, in file units.
    package var scale: Double

    /// The map with this centre and scale.
    package init(center: SIMD3<Double>, scale: Double) {
        self.center = center
        self.scale = scale
    }

    /// The map for `mesh`, by `method`.
    ///
    /// - Throws: `Failure` of kind `badInput` if the mesh has no extent: no vertices, or all in one place.
    /// - Complexity: O(#V + #F); expected O(#V) for the bounding sphere.
    package init(of mesh: Mesh, method: Method = .vertexMean) throws {
        let points = method == .reference ? mesh.vertices.map { SIMD3<Double>($0) } : mesh.referencedPositions()
        guard !points.isEmpty else { throw Self.failure("the mesh has no vertices to place") }
        if method == .boundingSphere {
            let sphere = BoundingSphere(around: points)
            self.init(center: sphere.center, scale: sphere.radius)
        } else {
            let mean = points.reduce(.zero, +) / Double(points.count)
            let farthest = points.reduce(0) { max($0, dot($1 - mean, $1 - mean)) }
            self.init(center: mean, scale: farthest.squareRoot())
        }
        let magnitude = points.reduce(0) { max($0, abs($1.x), abs($1.y), abs($1.z)) }
        // Below this the shape is rounding noise of its own coordinates.
        guard scale > magnitude * 1e-7, scale > Double(Float.leastNormalMagnitude) else {
            throw Self.failure("all vertices are in one place")
        }
    }

    /// A position of the file in the unit ball; kept finite however far away it is.
    package func normalised(_ position: SIMD3<Float>) -> SIMD3<Float> {
        Self.finite((SIMD3<Double>(position) - center) / scale)
    }

    /// A position of the unit ball in file units.
    package func fileUnits(_ position: SIMD3<Float>) -> SIMD3<Float> {
        Self.finite(SIMD3<Double>(position) * scale + center)
    }

    /// The mesh with all its vertices normalised; everything else stays.
    package func applied(to mesh: Mesh) -> Mesh {
        var result = mesh
        result.vertices = mesh.vertices.map(normalised)
        (result.origin, result.exactPositions) = (.zero, nil)
        result.forgetSource()
        return result
    }

    private static func finite(_ position: SIMD3<Double>) -> SIMD3<Float> {
        let limit = SIMD3<Double>(repeating: Double(Float.greatestFiniteMagnitude))
        return SIMD3<Float>(position.clamped(lowerBound: -limit, upperBound: limit))
    }

    private static func failure(_ reason: String) -> Failure {
        Failure(.badInput, "normalising the mesh", reason: reason)
    }
}

extension Mesh {
    /// #V: whether a face uses the vertex.
    package func referencedVertices() -> [Bool] {
        var isReferenced = [Bool](repeating: false, count: vertices.count)
        for face in faces {
            isReferenced[Int(face.x)] = true
            isReferenced[Int(face.y)] = true
            isReferenced[Int(face.z)] = true
        }
        return isReferenced
    }

    func referencedPositions() -> [SIMD3<Double>] {
        zip(vertices, referencedVertices()).compactMap { position, isReferenced in isReferenced ? SIMD3<Double>(position) : nil }
    }
}

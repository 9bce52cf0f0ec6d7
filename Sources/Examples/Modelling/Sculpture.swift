import BSBBasics

/// Solids and thin wires that together make one shape, to be turned into one labelled mesh.
struct Sculpture: Sendable {
    /// A solid that becomes one closed surface of its own.
    struct Component: Sendable {
        var solid: Solid
        /// How many times smaller the triangles are than the shape's.
        var fineness: Float
        /// The largest triangle edges that still show the smallest detail of the solid.
        var detail: Float
    }

    /// A tube too thin for its surface to be sampled on a grid.
    struct Wire: Sendable {
        var from: Point
        var to: Point
        var radius: Float
        var part: Int
    }

    var components: [Component] = []
    var wires: [Wire] = []

    /// Adds a solid whose smallest detail is `detail` wide.
    mutating func add(_ solid: Solid, fineness: Float = 1, detail: Float) {
        components.append(Component(solid: solid, fineness: fineness, detail: detail))
    }

    /// The mesh with about `target` vertices, and the part of each face.
    ///
    /// The count is exceeded where the smallest details need more.
    func mesh(target: Int) -> (vertices: [Point], faces: [SIMD3<UInt32>], parts: [UInt8]) {
        let edge = edgeLength(target: target)
        var builder = LabeledSurface()
        for component in components {
            let cell = min(edge / component.fineness, component.detail)
            builder.append(SurfaceMesher(component.solid, cell: cell, relaxations: 3), of: component.solid)
        }
        for wire in wires { builder.append(wire, edge: edge) }
        builder.fitToUnitSize()
        return (builder.vertices, builder.faces, builder.parts)
    }

    /// The triangle edge that gives `target` vertices, from the areas that a coarse pass finds.
    private func edgeLength(target: Int) -> Float {
        let areas = components.map { component in
            let coarse = min(component.solid.bounds.size.max() / 24, component.detail)
            return Float(SurfaceMesher.vertexCount(component.solid, cell: coarse)) * coarse * coarse
        }
        var (low, high): (Float, Float) = (1e-4, 1)
        for _ in 0..<40 {
            let edge = (low * high).squareRoot()
            let count = zip(components, areas).reduce(Float(0)) { sum, item in
                let cell = min(edge / item.0.fineness, item.0.detail)
                return sum + item.1 / (cell * cell)
            }
            if count > Float(target) { low = edge } else { high = edge }
        }
        return high
    }
}

/// A triangle mesh in the making, with a part for every face.
private struct LabeledSurface {
    var vertices: [Point] = []
    var faces: [SIMD3<UInt32>] = []
    var parts: [UInt8] = []

    mutating func append(_ surface: SurfaceMesher, of solid: Solid) {
        let first = UInt32(vertices.count)
        vertices += surface.vertices
        for quad in surface.quads {
            let (a, b, c, d) = (UInt32(quad.x) + first, UInt32(quad.y) + first, UInt32(quad.z) + first, UInt32(quad.w) + first)
            if depart(a, c, solid) <= depart(b, d, solid) {
                add([a, b, c], solid)
                add([a, c, d], solid)
            } else {
                add([b, c, d], solid)
                add([b, d, a], solid)
            }
        }
    }

    /// How far a diagonal leaves the surface, with its length to decide where the surface is flat.
    private func depart(_ a: UInt32, _ b: UInt32, _ solid: Solid) -> Float {
        let (p, q) = (vertices[Int(a)], vertices[Int(b)])
        return abs(solid.distance((p + q) / 2)) + 0.01 * length(p - q)
    }

    private mutating func add(_ face: SIMD3<UInt32>, _ solid: Solid) {
        let middle = (vertices[Int(face.x)] + vertices[Int(face.y)] + vertices[Int(face.z)]) / 3
        faces.append(face)
        parts.append(UInt8(solid.label(middle).part))
    }

    /// A six-sided tube with pointed ends, its rings about four edges apart.
    mutating func append(_ wire: Sculpture.Wire, edge: Float) {
        let sides = 6
        let frame = Placement(origin: wire.from, along: wire.to - wire.from, front: [0, 0, 1])
        let reach = length(wire.to - wire.from)
        let rings = max(2, Int(reach / (4 * edge)) + 1)
        let first = UInt32(vertices.count)
        for ring in 0..<rings {
            for side in 0..<sides {
                let corner = Outline.circle(wire.radius, samples: sides).corners[side]
                vertices.append(frame.world([corner.x, reach * Float(ring) / Float(rings - 1), -corner.y]))
            }
        }
        vertices += [frame.world([0, -wire.radius, 0]), frame.world([0, reach + wire.radius, 0])]
        let (bottom, top) = (UInt32(vertices.count - 2), UInt32(vertices.count - 1))
        for side in 0..<UInt32(sides) {
            let next = (side + 1) % UInt32(sides)
            for ring in 0..<UInt32(rings - 1) {
                let (low, high) = (first + ring * UInt32(sides), first + (ring + 1) * UInt32(sides))
                faces += [[low + side, low + next, high + next], [low + side, high + next, high + side]]
            }
            let last = first + UInt32((rings - 1) * sides)
            faces += [[first + next, first + side, bottom], [last + side, last + next, top]]
        }
        parts += [UInt8](repeating: UInt8(wire.part), count: faces.count - parts.count)
    }

    /// Centres the bounding box at the origin and scales its longest side to 1.
    mutating func fitToUnitSize() {
        let bounds = Bounds(around: vertices)
        let (middle, scale) = ((bounds.low + bounds.high) / 2, 1 / bounds.size.max())
        for i in vertices.indices { vertices[i] = (vertices[i] - middle) * scale }
    }
}

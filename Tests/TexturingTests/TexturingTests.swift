import BSBBasics
import BSBExamples
import Foundation
import BSBImages
import BSBShapes
import Testing

@testable import BSBTexturing

@Suite struct ConformalMapTests {
    /// A grid of n x n vertices over the unit square, bent by `bend`.
    static func sheet(_ n: Int, _ bend: (Float, Float) -> SIMD3<Float>) -> (positions: [SIMD3<Float>], triangles: [SIMD3<Int>]) {
        var (positions, triangles) = ([SIMD3<Float>](), [SIMD3<Int>]())
        for j in 0..<n { for i in 0..<n { positions.append(bend(Float(i) / Float(n - 1), Float(j) / Float(n - 1))) } }
        for j in 0..<(n - 1) {
            for i in 0..<(n - 1) {
                let corner = j * n + i
                triangles += [[corner, corner + 1, corner + n + 1], [corner, corner + n + 1, corner + n]]
            }
        }
        return (positions, triangles)
    }

    @Test func aFlatSheetStaysAsItIs() throws {
        let (positions, triangles) = Self.sheet(9) { [$0, $1, 0] }
        let wanted = positions.map { SIMD2(Double($0.x), Double($0.y)) }
        let flat = try ConformalMap().flatten(positions, triangles: triangles, wanted: wanted)
        for (a, b) in zip(flat, wanted) { #expect(length(a - b) < 1e-4) }
    }

    @Test func aBentSheetIsUnrolledWithItsAngles() throws {
        // A quarter of a cylinder, seen from its middle: what is wanted squeezes its sides.
        let (positions, triangles) = Self.sheet(17) { u, v in
            let angle = (Double(u) - 0.5) * .pi / 2
            return [Float(sin(angle)), v * 1.5, Float(cos(angle))]
        }
        let wanted = positions.map { SIMD2(Double($0.x), Double($0.y)) }
        var map = ConformalMap()
        map.tie = 1e-3
        let flat = try map.flatten(positions, triangles: triangles, wanted: wanted)
        func worst(_ places: [SIMD2<Double>]) -> Double {
            triangles.map { triangle -> Double in
                // How far the right angle of each triangle's corner is from being right.
                let corner = triangle.y - triangle.x == 1 ? 1 : 2
                let (a, b, c) = (triangle[corner], triangle[(corner + 1) % 3], triangle[(corner + 2) % 3])
                let (u, v) = (places[b] - places[a], places[c] - places[a])
                return abs((u * v).sum()) / (length(u) * length(v))
            }.max() ?? 0
        }
        #expect(worst(flat) < 0.05)
        let widths = (0..<16).map { length(flat[$0 + 1] - flat[$0]) }
        #expect(widths.max()! / widths.min()! < 1.1, "the columns are equally wide: \(widths)")
        let squeezed = (0..<16).map { length(wanted[$0 + 1] - wanted[$0]) }
        #expect(squeezed.max()! / squeezed.min()! > 1.3)
    }
}

@Suite struct ChartAtlasTests {
    static func part(_ kind: ExampleKind) throws -> (SurfacePart, Mesh) {
        let mesh = try ExampleShape(kind, seed: 2, vertices: 1500).mesh
        return (SurfacePart(Array(mesh.faces.indices), of: mesh), mesh)
    }

    @Test(arguments: [ExampleKind.mug, .chair, .airplane]) func layoutsAreValid(kind: ExampleKind) throws {
        let (part, _) = try Self.part(kind)
        let atlas = try ChartAtlas(part, right: [1, 0, 0], up: [0, 1, 0], size: 512)
        #expect(atlas.places.count == 3 * part.triangles.count)
        #expect(atlas.places.allSatisfy { $0.x >= 0 && $0.y >= 0 && $0.x <= 512 && $0.y <= 512 })
        var owner = [Int](repeating: -1, count: 512 * 512)
        var foreign = 0
        for triangle in part.triangles.indices {
            let corners = (0..<3).map { atlas.places[3 * triangle + $0] }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: 512, height: 512) { x, y, _ in
                let texel = y * 512 + x
                if owner[texel] >= 0, owner[texel] != atlas.chartOfTriangle[triangle] { foreign += 1 }
                owner[texel] = atlas.chartOfTriangle[triangle]
            }
        }
        #expect(foreign == 0, "charts do not meet")
        #expect(owner.count { $0 >= 0 } > 512 * 512 / 10, "the picture is used: \(owner.count { $0 >= 0 })")
    }

    /// A ramp that winds twice around an axis faces upwards everywhere, and lies over itself when it is looked at from above.
    @Test func aRampThatWindsIsCut() throws {
        var mesh = Mesh(vertices: [], faces: [])
        let steps = 96
        for step in 0...steps {
            let angle = 4 * Double.pi * Double(step) / Double(steps)
            for radius in [0.5, 1.0] {
                mesh.vertices.append([Float(radius * cos(angle)), Float(step) / Float(steps), Float(-radius * sin(angle))])
            }
        }
        let faces = (0..<steps).flatMap { step -> [SIMD3<UInt32>] in
            let a = UInt32(2 * step)
            return [[a, a + 1, a + 3], [a, a + 3, a + 2]]
        }
        let ramp = Mesh(vertices: mesh.vertices, faces: faces)
        let part = SurfacePart(Array(faces.indices), of: ramp)
        let atlas = try ChartAtlas(part, right: [1, 0, 0], up: [0, 0, -1], size: 256)
        #expect((2...4).contains(atlas.chartCount), "a piece for each turn: \(atlas.chartCount)")
        var covered = [Int](repeating: 0, count: 256 * 256)
        for triangle in part.triangles.indices {
            let corners = (0..<3).map { atlas.places[3 * triangle + $0] }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: 256, height: 256) { x, y, weights in
                if weights.min() > 1e-5 { covered[y * 256 + x] += 1 }
            }
        }
        #expect(covered.max() == 1)
    }

    @Test func aCellBelongsToTheTriangleAroundItsCentre() {
        var cells: [[Int]] = []
        var sums: [Float] = []
        forEachCell(in: ([0, 0], [4, 0], [0, 4]), width: 3, height: 10) { x, y, weights in
            cells.append([x, y])
            sums.append(weights.sum())
        }
        #expect(cells == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1], [0, 2], [1, 2], [0, 3]])
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
        forEachCell(in: ([0, 0], [1, 1], [2, 2]), width: 3, height: 3) { _, _, _ in Issue.record("no area") }
    }
}

@Suite struct PartTextureTests {
    /// A photo in which red grows to the right and green downwards, with a disc as the part.
    static let photo: Image = {
        var image = Image(width: 200, height: 160)
        for y in 0..<160 { for x in 0..<200 { image[x, y] = Color(UInt8(x), UInt8(y), 60) } }
        return image
    }()
    static let mask = Mask(width: 200, height: 160) { x, y in
        let (dx, dy) = (Float(x) - 99.5, Float(y) - 79.5)
        return dx * dx + dy * dy < 50 * 50
    }

    /// A sphere of radius 1.
    static func sphere() -> Mesh {
        let (rings, sectors) = (24, 48)
        var vertices: [SIMD3<Float>] = [[0, 1, 0]]
        for ring in 1..<rings {
            let polar = Double.pi * Double(ring) / Double(rings)
            for sector in 0..<sectors {
                let angle = 2 * Double.pi * Double(sector) / Double(sectors)
                vertices.append([Float(sin(polar) * cos(angle)), Float(cos(polar)), Float(sin(polar) * sin(angle))])
            }
        }
        vertices.append([0, -1, 0])
        var faces: [SIMD3<UInt32>] = []
        let last = UInt32(vertices.count - 1)
        for sector in 0..<sectors {
            let (a, b) = (UInt32(1 + sector), UInt32(1 + (sector + 1) % sectors))
            faces.append([0, b, a])
            for ring in 0..<(rings - 2) {
                let (down, below) = (UInt32(ring * sectors), UInt32((ring + 1) * sectors))
                faces += [[a + down, b + down, b + below], [a + down, b + below, a + below]]
            }
            let bottom = UInt32((rings - 2) * sectors)
            faces.append([last, a + bottom, b + bottom])
        }
        return Mesh(vertices: vertices, faces: faces)
    }

    /// What the photo says of points of the sphere: seen from +z, x to the right, y upwards.
    static func views(_ points: [PaintedPoint]) -> [PhotoView] {
        points.map { point in
            let p = point.position
            let facing = Float(smoothStep(Double(abs(p.z)) / 0.4))
            return PhotoView(place: [100 + Double(p.x) * 50, 80 - Double(p.y) * 50], seen: p.z > 0 ? facing : 0, facing: facing)
        }
    }

    static func painted(
        _ mesh: Mesh = sphere(), size: Int = 256, views: (([PaintedPoint]) -> [PhotoView])? = views
    ) throws -> (texture: PartTexture, part: SurfacePart) {
        let part = SurfacePart(Array(mesh.faces.indices), of: mesh)
        var options = TextureOptions()
        options.size = size
        let texture = try PartTexture(
            part, of: mesh, right: [1, 0, 0], up: [0, 1, 0], photo: photo, mask: mask, amount: part.positions.map { _ in 1 },
            options: options, pixelsPerUnit: 50, views: views)
        return (texture, part)
    }

    /// The middle of each triangle with the colour and the origin that it was painted with.
    static func samples(_ texture: PartTexture, _ part: SurfacePart) -> [(center: SIMD3<Float>, red: Float, green: Float, kind: Provenance)]
    {
        part.faces.indices.map { triangle in
            let center = (0..<3).reduce(SIMD3<Float>.zero) { $0 + part.positions[part.triangles[triangle][$1]] / 3 }
            let place = (0..<3).reduce(SIMD2<Float>.zero) { $0 + texture.appearance.coordinates[3 * part.faces[triangle] + $1] / 3 }
            let (x, y) = (Int(place.x * Float(texture.atlas.size)), Int(place.y * Float(texture.atlas.size)))
            let color = texture.image[x, y]
            return (center, Float(color.red), Float(color.green), texture.provenance[y * texture.atlas.size + x])
        }
    }

    @Test func theFrontShowsThePhotoAndTheBackWhatLiesBeforeIt() throws {
        let (texture, part) = try Self.painted()
        #expect(texture.overlappingTexels == 0)
        var (front, back) = ([Float](), [Float]())
        for sample in Self.samples(texture, part) where abs(sample.center.z) > 0.7 {
            let center = sample.center
            let difference = max(abs(sample.red - (100 + center.x * 50)), abs(sample.green - (80 - center.y * 50)))
            if center.z > 0 { front.append(difference) } else { back.append(difference) }
            #expect(sample.kind == (center.z > 0 ? .seen : .made), "at \(center)")
        }
        #expect(front.count > 150 && back.count > 150)
        #expect(front.max()! < 8, "\(front.max()!)")
        #expect(back.max()! < 8, "\(back.max()!)")
    }

    /// Of a sphere of which the photo shows the right half only, the left has the colours of the right.
    @Test func whatIsNotSeenIsMirrored() throws {
        let (texture, part) = try Self.painted { points in
            Self.views(points).enumerated().map { index, view in
                var view = view
                guard points[index].position.x < 0 else { return view }
                (view.mirroredPlace, view.mirrored) = ([200 - view.place.x, view.place.y], view.seen)
                view.seen = 0
                return view
            }
        }
        let mirrored = Self.samples(texture, part).filter { $0.center.z > 0.6 && $0.center.x < -0.25 }
        #expect(mirrored.count > 40)
        for sample in mirrored {
            #expect(sample.kind == .mirrored)
            #expect(abs(sample.red - (100 - sample.center.x * 50)) < 8, "\(sample.red) at \(sample.center)")
        }
        #expect(abs(texture.shares.values.reduce(0, +) - 1) < 1e-9)
    }

    @Test func aSphereIsTwoPiecesWithOneSeam() throws {
        let (texture, _) = try Self.painted()
        #expect(texture.atlas.chartCount == 2)
        // The equator of a sphere of radius 1, beside the square root of its area.
        let expected = 2 * Double.pi / (4 * Double.pi).squareRoot()
        #expect(abs(texture.seams.length / expected - 1) < 0.15, "\(texture.seams.length) instead of \(expected)")
        #expect(texture.seams.difference < 0.03, "\(texture.seams.difference)")
        #expect(texture.seams.stretch[0] >= 1 && texture.seams.stretch[0] < 1.3, "\(texture.seams.stretch)")
    }

    @Test func noTexelThatIsLookedUpIsUnpainted() throws {
        let (texture, part) = try Self.painted()
        for (triangle, face) in part.faces.enumerated() {
            for corner in 0..<3 {
                let place = texture.appearance.coordinates[3 * face + corner] * 256
                #expect(place.x.isFinite && place.y.isFinite, "triangle \(triangle)")
                for (dx, dy) in [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)] as [(Float, Float)] {
                    let (x, y) = (Int(place.x + dx), Int(place.y + dy))
                    // The blue of the photo is 60 everywhere, that of the unpainted rest 204.
                    #expect(texture.image[x, y].blue < 70)
                }
            }
        }
    }

    /// A needle beside a large square has no centre of a texel inside.
    @Test func whatIsThinnerThanATexelIsPaintedToo() throws {
        let mesh = Mesh(
            vertices: [[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [-0.5, 0, 2], [0.5, 0, 2], [0, 1e-4, 2]],
            faces: [[0, 1, 2], [0, 2, 3], [4, 5, 6]])
        let (texture, _) = try Self.painted(mesh, size: 64)
        for corner in 0..<3 {
            let place = texture.appearance.coordinates[6 + corner] * 64
            for (dx, dy) in [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)] as [(Float, Float)] {
                #expect(texture.image[Int(place.x + dx), Int(place.y + dy)].blue < 70)
            }
        }
    }

    @Test func outsideTheMaskIsTheNearestInside() {
        let photo = Image(width: 4, height: 1, pixels: [10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0])
        let source = MaskedPhoto(photo, mask: Mask(width: 4, height: 1) { x, _ in x == 1 || x == 2 }, inset: 0)
        #expect(abs(source.color(at: [-5, 0.5]).x - 20.0 / 255) < 1e-6)
        #expect(abs(source.color(at: [2, 0.5]).x - 25.0 / 255) < 1e-6)
        #expect(abs(source.color(at: [9, 9]).x - 30.0 / 255) < 1e-6)
    }
}

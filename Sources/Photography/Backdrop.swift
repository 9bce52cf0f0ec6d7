import BSBBasics
import BSBRendering

/// The plane that a subject stands on.
package struct Ground: Sendable {
    /// A point of the plane.
    package var origin: SIMD3<Float>
    /// Its unit normal.
    package var normal: SIMD3<Float>
    /// What it is made of; nil for a plane that is only seen by the shadows on it, so that the backdrop seems to go on below.
    package var material: Material?
    /// Distances from `origin` over which it fades into the backdrop.
    package var fade: ClosedRange<Float>

    /// A plane through `origin`.
    package init(origin: SIMD3<Float>, normal: SIMD3<Float>, material: Material? = nil, fade: ClosedRange<Float> = 2...6) {
        self.origin = origin
        self.normal = normal.unitOrZero
        self.material = material
        self.fade = fade
    }
}

/// What is seen where nothing stands.
package struct Backdrop: Sendable {
    /// The kinds of backdrop.
    package enum Kind: Sendable {
        /// From one colour at the top to another at the bottom.
        case gradient(top: SIMD3<Float>, bottom: SIMD3<Float>)
        /// Overlapping coloured and textured shapes, made up from the seed.
        case clutter(seed: UInt64)
        /// A part of a picture; `corner` and `extent` are in fractions of the largest part of the right aspect.
        case photo(LinearImage, corner: SIMD2<Float>, extent: Float, isMirrored: Bool)
    }

    /// What the backdrop shows.
    package var kind: Kind
    /// The standard deviation of its blur, in hundredths of the picture's height.
    package var blur: Float
    /// Pictures that clutter is textured with.
    var photos: [LinearImage]

    /// A backdrop.
    package init(_ kind: Kind, blur: Float = 0, photos: [LinearImage] = []) {
        self.kind = kind
        self.blur = blur
        self.photos = photos
    }

    /// A random backdrop; photos only if there are any.
    package static func random(using generator: inout SeededGenerator, photos: [LinearImage] = []) -> Backdrop {
        let blur = generator.chance(0.4) ? 0 : generator.uniform(0, 2.5)
        let choice = generator.uniform()
        if !photos.isEmpty, choice < 0.5 {
            let extent = generator.uniform(0.35, 1)
            let corner = SIMD2<Float>(generator.uniform(), generator.uniform())
            return Backdrop(.photo(generator.pick(photos), corner: corner, extent: extent, isMirrored: generator.chance(0.5)), blur: blur)
        }
        if choice < 0.78 { return Backdrop(.clutter(seed: generator.next()), blur: blur, photos: photos) }
        let top = generator.chance(0.3) ? SIMD3<Float>(repeating: generator.uniform(0.6, 1)) : LinearColor.random(using: &generator)
        let bottom = LinearColor.variation(of: top, amount: generator.uniform(0, 0.8), using: &generator)
        return Backdrop(.gradient(top: top, bottom: bottom))
    }

    /// The backdrop as a picture.
    package func rendered(size: RasterSize) -> LinearImage {
        var image: LinearImage
        switch kind {
        case .gradient(let top, let bottom): image = Self.gradient(top, bottom, size: size)
        case .clutter(let seed):
            image = Clutter(seed: seed, photos: photos, aspect: Float(size.width) / Float(size.height)).rendered(size: size)
        case .photo(let photo, let corner, let extent, let isMirrored):
            image = Self.crop(photo, corner: corner, extent: extent, isMirrored: isMirrored, size: size)
        }
        image.blur(sigma: blur * Float(size.height) / 100)
        return image
    }

    private static func gradient(_ top: SIMD3<Float>, _ bottom: SIMD3<Float>, size: RasterSize) -> LinearImage {
        var pixels: [SIMD3<Float>] = []
        pixels.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            let color = mix(top, bottom, smoothstep(0, 1, (Float(y) + 0.5) / Float(size.height)))
            pixels.append(contentsOf: repeatElement(color, count: size.width))
        }
        return LinearImage(width: size.width, height: size.height, pixels: pixels)
    }

    private static func crop(
        _ photo: LinearImage, corner: SIMD2<Float>, extent: Float, isMirrored: Bool, size: RasterSize
    ) -> LinearImage {
        let step = extent * min(Float(photo.width) / Float(size.width), Float(photo.height) / Float(size.height))
        let left = clamp(corner.x, 0, 1) * (Float(photo.width) - step * Float(size.width))
        let top = clamp(corner.y, 0, 1) * (Float(photo.height) - step * Float(size.height))
        var source = photo
        if step > 1.3 { source.blur(sigma: 0.4 * step) }  // or else fine detail turns into false patterns when shrunk
        var pixels: [SIMD3<Float>] = []
        pixels.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let column = Float(isMirrored ? size.width - 1 - x : x) + 0.5
                pixels.append(source.bilinear(left + column * step, top + (Float(y) + 0.5) * step))
            }
        }
        return LinearImage(width: size.width, height: size.height, pixels: pixels)
    }
}

/// A made-up background: a wall and a floor, and shapes of all sizes in front of them.
private struct Clutter {
    private struct Piece {
        var center: SIMD2<Float>
        var extent: SIMD2<Float>
        var turn: SIMD2<Float>
        var isRound: Bool
        var texture: SurfaceTexture
        /// The change of brightness from top to bottom.
        var shade: Float

        @inline(__always)
        func local(_ p: SIMD2<Float>) -> SIMD2<Float> {
            let q = p - center
            return SIMD2(q.x * turn.x + q.y * turn.y, q.y * turn.x - q.x * turn.y) / extent
        }

        @inline(__always)
        func contains(_ q: SIMD2<Float>) -> Bool {
            isRound ? (q * q).sum() < 1 : abs(q.x) < 1 && abs(q.y) < 1
        }
    }

    private var pieces: [Piece]
    private let aspect: Float

    init(seed: UInt64, photos: [LinearImage], aspect: Float) {
        self.aspect = aspect
        var generator = SeededGenerator(seed: seed)
        let horizon = generator.uniform(0.2, 0.9)
        pieces = [
            Self.piece(center: [aspect / 2, 0.5], extent: [9, 9], angle: 0, isRound: false, photos: photos, using: &generator)
        ]
        if generator.chance(0.7) {
            pieces.append(
                Self.piece(
                    center: [aspect / 2, horizon + 2], extent: [9, 2], angle: generator.gaussian() * 0.05, isRound: false, photos: photos,
                    using: &generator))
        }
        for _ in 0..<generator.index(below: 14) {
            let size = generator.logUniform(0.04, 0.45)
            let upright = generator.chance(0.6)
            let angle = upright ? generator.gaussian() * 0.06 : generator.uniform(0, .pi)
            let extent = SIMD2<Float>(size, size * generator.logUniform(0.25, 4))
            let center = SIMD2<Float>(generator.uniform(0, aspect), generator.uniform())
            let isRound = generator.chance(0.35)
            pieces.append(Self.piece(center: center, extent: extent, angle: angle, isRound: isRound, photos: photos, using: &generator))
        }
        pieces.reverse()
    }

    private static func piece(
        center: SIMD2<Float>, extent: SIMD2<Float>, angle: Float, isRound: Bool, photos: [LinearImage],
        using generator: inout SeededGenerator
    ) -> Piece {
        Piece(
            center: center, extent: extent, turn: [cosine(angle), sine(angle)], isRound: isRound,
            texture: SurfaceTexture.random(using: &generator, photos: photos, plainness: 0.45), shade: generator.uniform(-0.35, 0.35))
    }

    func rendered(size: RasterSize) -> LinearImage {
        var pixels: [SIMD3<Float>] = []
        pixels.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            for x in 0..<size.width {
                pixels.append(color(SIMD2(Float(x) + 0.5, Float(y) + 0.5) / Float(size.height)))
            }
        }
        return LinearImage(width: size.width, height: size.height, pixels: pixels)
    }

    private func color(_ p: SIMD2<Float>) -> SIMD3<Float> {
        for piece in pieces {
            let q = piece.local(p)
            guard piece.contains(q) else { continue }
            let shade = 1 + piece.shade * clamp(q.y, -1, 1) * (piece.isRound ? 1.4 : 1)
            return piece.texture.color(at: SIMD3(p.x, -p.y, 0.3), normal: [0, 0, 1]) * shade
        }
        return SIMD3(repeating: 0.5)
    }
}

import BSBBasics
import BSBImages
import BSBPhotography
import BSBRendering

/// How the camera of a made-up film moves; in all of them a quarter of a turn around the object.
package enum ClipMotion: String, Sendable, Hashable, Codable, CaseIterable {
    /// The object stays in the middle.
    case around
    /// In the middle of the film half of the object is outside of the picture.
    case partly
    /// In the middle of the film all of it is, and it comes back.
    case away
}

/// A made-up film whose part is known in every frame.
struct EvaluationClip: Sendable {
    var motion: ClipMotion
    var frames: [Image]
    /// For each frame the pixels that show the piece of the part that the first frame's click is on.
    var parts: [Mask]
    /// In the first frame.
    var click: LabelledClick
}

extension EvaluationStudio {
    /// The share of the first frame that the clicked piece takes at least.
    private static let leastPart: Float = 0.004

    /// Film number `number` of a shape, or nil if no labelled part of it can be shown.
    ///
    /// Scene, light and lens stay as they are in the first frame, which is made as ``photo(of:subject:number:)`` makes one; the camera
    /// goes a quarter of a turn around the upright axis in even steps, and the backdrop moves along.
    func clip(of shape: EvaluationShape, subject: PhotoSubject, number: Int, frames count: Int) throws -> EvaluationClip? {
        var generator = SeededGenerator(seed: seed ^ 0xF11A, stream: UInt64(number))
        let (up, motion) = (shape.upright, ClipMotion.allCases[number % ClipMotion.allCases.count])
        return try made(of: shape, &generator) { start, generator in
            var scene = scene(of: shape, subject: subject, camera: start.camera, &generator)
            let renderer = PhotoRenderer(size: size, sampling: .adaptive, development: Development.random(using: &generator))
            let wide = scene.backdrop.rendered(size: RasterSize(width: 2 * size.width, height: 2 * size.height))
            let turn: Float = generator.uniform() < 0.5 ? -1 : 1
            var clip = EvaluationClip(motion: motion, frames: [], parts: [], click: LabelledClick(x: 0, y: 0, part: ""))
            var piece = -1
            for frame in 0..<count {
                let time = count > 1 ? Float(frame) / Float(count - 1) : 0
                let moved = Self.moved(start.camera, around: up, by: turn * time * .pi / 2, motion, at: time)
                scene.backdrop = Backdrop(
                    .photo(wide, corner: [0.5 - 0.4 * turn * time, 0.5], extent: 0.5, isMirrored: false))
                let photograph = try renderer.photograph(scene, from: moved, seed: generator.next())
                if frame == 0 {
                    let click = clicked(start, photograph.surfaces, shape, &generator).first
                    guard let click, let vertex = click.vertex else { return nil }
                    (clip.click, piece) = (click, shape.pieces[vertex])
                }
                clip.frames.append(photograph.image)
                clip.parts.append(Self.mask(ofPiece: piece, part: clip.click.part, in: photograph.surfaces, shape))
                if frame == 0, clip.parts[0].fraction < Self.leastPart { return nil }
            }
            return clip
        }
    }

    /// The camera turned around the upright axis, and looking aside as much as the motion has it at a time from 0 to 1.
    private static func moved(_ camera: Camera, around up: SIMD3<Float>, by angle: Float, _ motion: ClipMotion, at time: Float) -> Camera {
        func turned(_ v: SIMD3<Float>) -> SIMD3<Float> { RenderMatcher.rotated(v, around: up, by: angle) }
        var moved = camera
        (moved.eye, moved.target, moved.up) = (turned(camera.eye), turned(camera.target), turned(camera.up))
        let view = moved.target - moved.eye
        let distance = (view * view).sum().squareRoot()
        let edge = camera.verticalFieldOfView / 2
        // The object is in the unit ball.
        let aside: Float =
            switch motion {
            case .around: 0
            case .partly: tangent(edge)
            case .away: tangent(min(edge + 1.1 / max(distance, 1.2), 1.3))
            }
        let side = cross(view, moved.up).direction ?? [1, 0, 0]
        moved.target += side * (aside * distance * sine(time * .pi))
        return moved
    }

    private static func tangent(_ angle: Float) -> Float { sine(angle) / cosine(angle) }

    /// The pixels that show a piece of a part.
    private static func mask(ofPiece piece: Int, part name: String, in surfaces: SurfaceBuffers, _ shape: EvaluationShape) -> Mask {
        let part = shape.partNames.firstIndex(of: name) ?? -1
        let faces = shape.opened.scene.mesh.faces
        return surfaces.mask { face in
            shape.partOfFace[face] == part && (0..<3).contains { shape.pieces[Int(faces[face][$0])] == piece }
        }
    }
}

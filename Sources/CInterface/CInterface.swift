import BSBAnswering
import BSBBasics
import BSBImages
import BSBShapes
import BSBWorkbench
import Foundation

// What C/bsb.h declares. Handles are retained objects; what a handle is of is checked, so that a wrong one is a failure and no crash.

private let operation = "calling bsb"

/// Runs what can fail; its code, whose sentence `bsb_message` then has.
private func attempt(_ body: () throws -> Void) -> Int32 {
    do {
        try body()
        return 0
    } catch {
        let failure = error as? Failure ?? Failure(.internal, operation, reason: "\(error)")
        LastMessage.current.say("\(failure)")
        return failure.kind.exitCode
    }
}

private func object<Object: AnyObject>(_ handle: UnsafeRawPointer?, _ type: Object.Type) throws -> Object {
    guard let handle, let object = Unmanaged<AnyObject>.fromOpaque(handle).takeUnretainedValue() as? Object else {
        throw Failure(.usage, operation, reason: "a handle is NULL or of another kind")
    }
    return object
}

private func put(_ object: AnyObject, in place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) throws {
    guard let place else { throw Failure(.usage, operation, reason: "the place for the handle is NULL") }
    place.pointee = Unmanaged.passRetained(object).toOpaque()
}

private func text(_ string: UnsafePointer<CChar>?, _ what: String) throws -> String {
    guard let string else { throw Failure(.usage, operation, reason: "\(what) is NULL") }
    return String(cString: string)
}

/// `bsb_message` of C/bsb.h.
@_cdecl("bsb_message")
public func bsbMessage() -> UnsafePointer<CChar> { UnsafePointer(LastMessage.current.text) }

/// `bsb_open` of C/bsb.h.
@_cdecl("bsb_open")
public func bsbOpen(
    _ models: UnsafePointer<CChar>?, _ runtime: UnsafePointer<CChar>?, _ cache: UnsafePointer<CChar>?, _ threads: Int32,
    _ bench: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    attempt {
        let handle = try BenchHandle(
            models: text(models, "the folder of models"), runtime: runtime.map { String(cString: $0) },
            cache: cache.map { String(cString: $0) }, threads: threads > 0 ? Int(threads) : nil)
        try put(handle, in: bench)
    }
}

/// `bsb_open_photo` of C/bsb.h.
@_cdecl("bsb_open_photo")
public func bsbOpenPhoto(_ path: UnsafePointer<CChar>?, _ photo: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int32 {
    attempt { try put(OpenPhoto(contentsOf: text(path, "the path")), in: photo) }
}

/// `bsb_open_pixels` of C/bsb.h.
@_cdecl("bsb_open_pixels")
public func bsbOpenPixels(
    _ rgb: UnsafePointer<UInt8>?, _ width: Int, _ height: Int, _ photo: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    attempt {
        guard let rgb, (1...100_000).contains(width), (1...100_000).contains(height) else {
            throw Failure(.usage, "opening the picture", reason: "it has no pixels, or a side of more than 100000")
        }
        let pixels = Array(UnsafeBufferPointer(start: rgb, count: width * height * 3))
        try put(OpenPhoto(Image(width: width, height: height, pixels: pixels), name: "picture"), in: photo)
    }
}

/// `bsb_open_mesh` of C/bsb.h.
@_cdecl("bsb_open_mesh")
public func bsbOpenMesh(
    _ bench: UnsafeRawPointer?, _ path: UnsafePointer<CChar>?, _ mesh: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    attempt { try put(OpenMesh(contentsOf: text(path, "the path"), at: object(bench, BenchHandle.self).bench), in: mesh) }
}

/// `bsb_open_triangles` of C/bsb.h.
@_cdecl("bsb_open_triangles")
public func bsbOpenTriangles(
    _ bench: UnsafeRawPointer?, _ vertices: UnsafePointer<Float>?, _ vertexCount: Int, _ triangles: UnsafePointer<UInt32>?,
    _ faceCount: Int, _ mesh: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    attempt {
        guard let vertices, let triangles, vertexCount > 0, faceCount > 0 else {
            throw Failure(.usage, "opening the mesh", reason: "it has no vertices or no faces")
        }
        let positions = (0..<vertexCount).map { SIMD3(vertices[3 * $0], vertices[3 * $0 + 1], vertices[3 * $0 + 2]) }
        let faces = (0..<faceCount).map { SIMD3(triangles[3 * $0], triangles[3 * $0 + 1], triangles[3 * $0 + 2]) }
        let made = Mesh(vertices: positions, faces: faces)
        try made.validate()
        try put(OpenMesh(made, name: "mesh", normalisation: object(bench, BenchHandle.self).bench.settings.normalisation), in: mesh)
    }
}

/// `bsb_vertex_count` of C/bsb.h.
@_cdecl("bsb_vertex_count")
public func bsbVertexCount(_ mesh: UnsafeRawPointer?) -> Int { (try? object(mesh, OpenMesh.self))?.mesh.vertices.count ?? 0 }

/// `bsb_face_count` of C/bsb.h.
@_cdecl("bsb_face_count")
public func bsbFaceCount(_ mesh: UnsafeRawPointer?) -> Int { (try? object(mesh, OpenMesh.self))?.mesh.fileFaceCount ?? 0 }

/// `bsb_click` of C/bsb.h.
@_cdecl("bsb_click")
public func bsbClick(
    _ bench: UnsafeRawPointer?, _ photo: UnsafeRawPointer?, _ mesh: UnsafeRawPointer?, _ x: Double, _ y: Double,
    _ answer: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    attempt {
        guard let pixel = Pixel(containing: x, y) else { throw Failure(.usage, "clicking in the photo", reason: "the click is no pixel") }
        let bench = try object(bench, BenchHandle.self).bench.asking()
        let found = try bench.answer(Click(pixel), in: object(photo, OpenPhoto.self), on: object(mesh, OpenMesh.self))
        try put(AnswerHandle(found, at: bench), in: answer)
    }
}

/// `bsb_found` of C/bsb.h.
@_cdecl("bsb_found")
public func bsbFound(_ answer: UnsafeRawPointer?) -> Int32 { (try? object(answer, AnswerHandle.self))?.isFound == true ? 1 : 0 }

/// `bsb_vertex` of C/bsb.h.
@_cdecl("bsb_vertex")
public func bsbVertex(_ answer: UnsafeRawPointer?) -> Int64 { (try? object(answer, AnswerHandle.self))?.vertex ?? -1 }

/// `bsb_probability` of C/bsb.h.
@_cdecl("bsb_probability")
public func bsbProbability(_ answer: UnsafeRawPointer?) -> UnsafePointer<Float>? {
    (try? object(answer, AnswerHandle.self))?.probability.flatMap { UnsafePointer($0.baseAddress) }
}

/// `bsb_face_labels` of C/bsb.h.
@_cdecl("bsb_face_labels")
public func bsbFaceLabels(_ answer: UnsafeRawPointer?) -> UnsafePointer<UInt8>? {
    (try? object(answer, AnswerHandle.self))?.faceLabels.flatMap { UnsafePointer($0.baseAddress) }
}

/// `bsb_json` of C/bsb.h.
@_cdecl("bsb_json")
public func bsbJSON(_ answer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
    (try? object(answer, AnswerHandle.self)).map { UnsafePointer($0.json) }
}

/// `bsb_free` of C/bsb.h.
@_cdecl("bsb_free")
public func bsbFree(_ handle: UnsafeMutableRawPointer?) {
    if let handle { Unmanaged<AnyObject>.fromOpaque(handle).release() }
}

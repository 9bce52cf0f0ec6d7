/// What a camera sees of a mesh, pixel by pixel: height x width entries each, row 0 on top.
package struct SurfaceBuffers: Sendable {
    /// The picture's size in pixels.
    package let size: RasterSize
    /// The triangle under each pixel's centre, or -1.
    package var faceIDs: [Int32]
    /// Barycentric weights of the triangle's second and third corner (the first has 1 - u - v); zero where uncovered.
    package var barycentrics: [SIMD2<Float>]
    /// Distance from the eye's plane along the viewing direction; infinite where uncovered.
    package var depth: [Float]
    /// The triangle's unit normal in camera space (x right, y up, z towards the eye), as wound in the file; zero where uncovered.
    package var normals: [SIMD3<Float>]

    /// Buffers in which nothing is covered.
    package init(size: RasterSize) {
        let count = size.width * size.height
        self.size = size
        faceIDs = [Int32](repeating: -1, count: count)
        barycentrics = [SIMD2<Float>](repeating: .zero, count: count)
        depth = [Float](repeating: .infinity, count: count)
        normals = [SIMD3<Float>](repeating: .zero, count: count)
    }

    /// Whether a pixel shows the mesh.
    package func covers(x: Int, y: Int) -> Bool { faceIDs[y * size.width + x] >= 0 }
}

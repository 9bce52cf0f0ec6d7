import BSBBackbones
import BSBBasics
import Foundation
import BSBImages
import BSBAnswering
import BSBResults
import BSBWorkbench
import BSBShapes
import TestSupport

@testable import BSBEvaluation

/// Writes text files, named relative to a folder.
func write(_ files: [String: String], in folder: String) throws {
    for (name, text) in files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
}

/// A tetrahedron as OFF and OBJ.
let tetrahedronOFF = "OFF\n4 4 6\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 2 1\n3 0 1 3\n3 1 2 3\n3 0 3 2\n"
let tetrahedronOBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n"

/// A block twice as high as wide, finely divided: the lower half is the base, the upper the top.
func tower(side: Int = 6) -> LabelledShape {
    var mesh = Mesh(vertices: [], faces: [])
    var perFace: [Int] = []
    let half = SIMD3<Float>(0.5, 1, 0.5)
    // Six sheets of side x side squares; that their edges are not welded does not matter here.
    for (axis, u, v) in [(0, 1, 2), (1, 0, 2), (2, 0, 1)] {
        for end in [Float(-1), 1] {
            let offset = UInt32(mesh.vertices.count)
            for j in 0...side {
                for i in 0...side {
                    var point = SIMD3<Float>.zero
                    point[axis] = end * half[axis]
                    point[u] = (Float(2 * i) / Float(side) - 1) * half[u]
                    point[v] = (Float(2 * j) / Float(side) - 1) * half[v]
                    mesh.vertices.append(point)
                }
            }
            for j in 0..<side {
                for i in 0..<side {
                    let a = offset + UInt32(j * (side + 1) + i)
                    let (b, c, d) = (a + 1, a + UInt32(side + 1), a + UInt32(side + 2))
                    mesh.faces += [[a, b, c], [b, d, c]]
                }
            }
        }
    }
    mesh = Mesh(vertices: mesh.vertices, faces: mesh.faces)
    for face in mesh.faces {
        let height = (mesh.vertices[Int(face.x)].y + mesh.vertices[Int(face.y)].y + mesh.vertices[Int(face.z)].y) / 3
        perFace.append(height < 0 ? 0 : 1)
    }
    return LabelledShape(
        entry: ShapeEntry(category: "Tower", id: "1"), path: "tower", hash: "tower", mesh: mesh,
        labels: ShapeLabels(names: ["base", "top"], perFace: perFace))
}

/// A data set in memory.
struct MemoryDataSet: LabelledDataSet {
    var shapes: [LabelledShape]
    var entries: [ShapeEntry] { shapes.map(\.entry) }

    func shape(_ entry: ShapeEntry) throws -> LabelledShape { shapes.first { $0.entry == entry }! }
}

/// A workbench of the models above with few and small views.
func testBench(threads: Int = 1, segmenter: HalfSegmenter = HalfSegmenter()) -> Workbench {
    var settings = Settings()
    settings.featureViews = ViewPlan(count: 6, size: 48)
    settings.segmentViews = ViewPlan(count: 6, size: 48)
    return Workbench(
        ModelPair(extractor: BlockExtractor(), segmenter: segmenter), settings: settings,
        cache: CacheDirectory(path: nil), parallelism: Parallelism(threads: threads))
}

/// A photo of each kind, `KIND/1.png`, a dark bar before white, with the mask of the bar beside it.
func writePhotos(of kinds: [String], in folder: String) throws {
    let (side, bar) = (96, 24..<72)
    let picture = Image(
        width: side, height: side,
        pixels: (0..<(side * side)).flatMap { [UInt8](repeating: bar.contains($0 % side) ? 90 : 255, count: 3) })
    let mask = Mask(width: side, height: side) { x, _ in bar.contains(x) }
    for kind in kinds {
        try AtomicFile.write(picture.pngData(), to: "\(folder)/\(kind)/1.png")
        try AtomicFile.write(mask.pngData(), to: "\(folder)/\(kind)/1.mask.png")
    }
}

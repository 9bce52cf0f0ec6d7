import BSBBasics
import BSBPhotography
import BSBRendering
import TestSupport
import Testing

struct PortraitTests {
    @Test(arguments: [SIMD3<Float>(0.3, 0.3, 0.3), [1, 0.2, 0.2], [0.1, 2, 0.1]])
    func subjectFillsThePicture(extent: SIMD3<Float>) throws {
        var portrait = Portrait()
        (portrait.size, portrait.samples) = (RasterSize(width: 96, height: 72), 1)
        let photograph = try portrait.photograph(of: box([5, 5, 5] - extent, [5, 5, 5] + extent))
        let covered = (0..<96 * 72).filter { photograph.surfaces.faceIDs[$0] >= 0 }
        let rows = covered.map { $0 / 96 }
        let columns = covered.map { $0 % 96 }
        let height = Float(rows.max()! - rows.min()! + 1) / 72
        let width = Float(columns.max()! - columns.min()! + 1) / 96
        #expect(abs(max(width, height) - portrait.fill) < 0.06)
        #expect(abs(Float(rows.max()! + rows.min()! + 1) / 144 - 0.5) < 0.06)
        #expect(abs(Float(columns.max()! + columns.min()! + 1) / 192 - 0.5) < 0.06)
    }

    @Test func seedsGiveDifferentPictures() throws {
        var portrait = Portrait()
        (portrait.size, portrait.samples) = (RasterSize(40), 1)
        let mesh = box([-1, -1, -1], [1, 1, 1])
        let first = try portrait.photograph(of: mesh, faceParts: [UInt8](repeating: 0, count: 12))
        #expect(try portrait.photograph(of: mesh, faceParts: [UInt8](repeating: 0, count: 12)).image == first.image)
        portrait.seed = 1
        #expect(try portrait.photograph(of: mesh, faceParts: [UInt8](repeating: 0, count: 12)).image != first.image)
    }
}

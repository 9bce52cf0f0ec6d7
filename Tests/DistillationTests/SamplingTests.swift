import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBRendering
import Testing

@Suite struct SamplingTests {
    let grid = randomGrid(cells: 6, pixels: 8, dimension: 9, stream: 1)

    /// 8 x 8 pixels, of which the left half shows face 0.
    var surfaces: SurfaceBuffers {
        var buffers = SurfaceBuffers(size: RasterSize(8))
        for y in 0..<8 {
            for x in 0..<4 {
                buffers.faceIDs[y * 8 + x] = 0
                buffers.barycentrics[y * 8 + x] = [0.25, 0.5]
                buffers.normals[y * 8 + x] = [0, 0, -1]
            }
        }
        return buffers
    }

    @Test func everyPixelAndEveryThird() throws {
        let all = try ViewObservation(surfaces: surfaces, grid: grid, sampling: .all)
        #expect(all.samples.count == 32)
        #expect(all.samples[5] == SurfaceSample(face: 0, barycentrics: [0.25, 0.5], point: [1.5, 1.5]))
        #expect(try ViewObservation(surfaces: surfaces, grid: grid, sampling: .every(3)).samples == (0..<11).map { all.samples[3 * $0] })
    }

    @Test func latticeTakesPixelsThatHoldItsCentres() throws {
        let lattice = try ViewObservation(surfaces: surfaces, grid: grid, sampling: .lattice(columns: 4, rows: 2))
        #expect(lattice.samples.map(\.point) == [[1.5, 2.5], [3.5, 2.5], [1.5, 6.5], [3.5, 6.5]])
        #expect(try ViewObservation(surfaces: surfaces, grid: grid, sampling: .reference).samples.count == 32)
    }

    @Test func anotherSizeOfPictureMovesThePoints() throws {
        let view = try ViewObservation(surfaces: surfaces, grid: grid, picture: RasterSize(width: 16, height: 24), sampling: .all)
        #expect(view.samples[1].point == [3, 1.5])
    }

    @Test func grazingPixelsCountLess() throws {
        let view = try ViewObservation(surfaces: surfaces, grid: grid, sampling: .all, cosineFieldOfView: .pi / 2)
        // At half the side the focal length is 4; pixel (0, 0) is 3.5 left of and above the axis.
        #expect(abs(view.samples[0].weight - 4 / Float(16 + 2 * 12.25).squareRoot()) < 1e-6)
    }

    @Test func refusesNoSamples() {
        #expect(throws: Failure.self) { try ViewObservation(surfaces: surfaces, grid: grid, sampling: .every(0)) }
        #expect(throws: Failure.self) { try ViewObservation(surfaces: surfaces, grid: grid, sampling: .lattice(columns: 0, rows: 4)) }
    }

    @Test func gramGivesLengthOfInterpolatedFeatures() {
        let gram = NeighbourGram(grid)
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let point = SIMD2(generator.uniform(-1, 9), generator.uniform(-1, 9))
            let feature = grid.feature(at: point)
            let expected = feature.reduce(0) { $0 + $1 * $1 }
            #expect(abs(gram.squaredNorm(grid.stencil(at: point)) - expected) < 1e-5)
        }
    }
}

import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBExamples
import BSBImages
import BSBLinearAlgebra
import BSBPhotography
import BSBWorkbench

/// The most similar pixel for each of 100 candidates: products with the grid's cells and bounds by block, against one matrix product with all pixels.
struct MatchingBenchmark {
    func run(_ runs: Int) throws {
        let models = try ModelPair.embedded()
        let shape = try ExampleShape(.chair, seed: 1)
        var portrait = Portrait()
        portrait.samples = 1
        let photo = try portrait.photograph(of: shape.mesh, faceParts: shape.partOfFace)
        let grid = try models.extractor.features(of: photo.image)
        let width = photo.surfaces.size.width
        let region = Mask(width: width, height: photo.surfaces.size.height) { photo.surfaces.faceIDs[$1 * width + $0] >= 0 }
        var generator = SeededGenerator(seed: 2)
        let queries = Matrix(
            rows: 100, columns: grid.dimension,
            values: (0..<100).flatMap { _ in grid.feature(at: [generator.uniform(0, Float(width)), generator.uniform(0, 480)]) })
        let search = PixelSearch(features: grid, region: region)
        let products = 100 * grid.columns * grid.rows * grid.dimension
        let evaluated = search.mostSimilar(to: queries).reduce(0) { $0 + ($1?.evaluated ?? 0) }
        try Comparison(
            name: "best pixels of 100 candidates in a photo of \(width) x \(region.height)",
            ours: { _ = PixelSearch(features: grid, region: region).mostSimilar(to: queries) },
            naive: { _ = Self.bestOfOneProduct(grid, region, queries) },
            work: "\(evaluated) against \(100 * region.count) similarities of a pixel; ours also takes \(millions(products)) million "
                + "multiply-adds with cells, one product of all pixels \(millions(100 * region.count * grid.dimension)) million"
        ).run(runs)
    }

    /// What anybody would write: the features of all pixels as one matrix, and one product with the queries.
    private static func bestOfOneProduct(_ grid: FeatureGrid, _ region: Mask, _ queries: Matrix) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(region.count * grid.dimension)
        for y in 0..<region.height {
            for x in 0..<region.width where region[x, y] { values += grid.feature(at: Pixel(x: x, y: y).center) }
        }
        let pixels = Matrix(rows: region.count, columns: grid.dimension, values: values).withNormalizedRows()
        let cosines = Matrix.product(queries.withNormalizedRows().factor, pixels.transposed, parallelism: Parallelism())
        return (0..<cosines.rows).map { cosines.row($0).max() ?? -1 }
    }
}

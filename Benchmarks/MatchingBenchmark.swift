import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBExamples
import BSBImages
import BSBLinearAlgebra
import BSBPhotography
import BSBResults
import BSBWorkbench

/// The most similar pixel for each of 100 candidates: products with the grid's cells and bounds by block, against a feature for each pixel.
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
        let evaluated = try search.mostSimilar(to: queries).reduce(0) { $0 + ($1?.evaluated ?? 0) }
        try Comparison(
            name: "best pixels of 100 candidates in a photo of \(width) x \(region.height)",
            ours: { _ = try PixelSearch(features: grid, region: region).mostSimilar(to: queries) },
            naive: { Self.searchNaively(grid, region, queries, share: 0.05) }, naiveShare: 0.05,
            work: "\(evaluated) against \(100 * region.count) similarities of a pixel; ours also takes \(millions(products)) million "
                + "multiply-adds with cells, naively each similarity takes \(6 * grid.dimension)"
        ).run(runs)
    }

    /// The same for the first queries only: `share` of the work.
    private static func searchNaively(_ grid: FeatureGrid, _ region: Mask, _ queries: Matrix, share: Double) {
        for query in 0..<Int(Double(queries.rows) * share) {
            let wanted = queries.row(query)
            var best = -Float.infinity
            for y in 0..<region.height {
                for x in 0..<region.width where region[x, y] {
                    best = max(best, Vectors.cosine(grid.feature(at: Pixel(x: x, y: y).center), wanted))
                }
            }
        }
    }
}

import BSBBasics
import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct MaskLiftingTests {
    @Test func viewsAreSharedBetweenClicksAndWhatTheyDoNotShow() {
        var options = MaskLiftingOptions()
        #expect(options.views == 40 && options.clickViews == 24 && options.spreadViews == 16)
        for views in 1...50 {
            options.views = views
            #expect(options.views == views && options.clickViews >= max(1, options.spreadViews))
        }
        options.views = 40
        #expect(options == MaskLiftingOptions())
    }

    @Test func noMoreViewsAreAskedThanMayBe() throws {
        let mesh = sphereMesh(8)
        let views = try SphereViews(mesh, views: 24)
        let surface = try SurfaceModel(mesh)
        let top = try #require(mesh.vertices.indices.max { mesh.vertices[$0].y < mesh.vertices[$1].y })
        var prompts: [Int] = []
        for limit in [1, 6, 12, 40] {
            var options = MaskLiftingOptions()
            options.views = limit
            let lifted = try MaskLifting(segmenter: HemisphereSegmenter(), options: options, parallelism: Parallelism(threads: 1))
                .probabilities(of: [SurfaceClick(top)], in: views, surface: surface)
            #expect(lifted.prompts <= limit && lifted.prompts == lifted.views)
            #expect(lifted.probability[top] > 0.9)
            prompts.append(lifted.prompts)
        }
        #expect(prompts[0] == 1 && prompts == prompts.sorted() && prompts[3] <= 24)
    }
}

import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct ReportTests {
    @Test func reportIsOneFileWithEverySample() throws {
        try withTemporaryDirectory { folder in
            var options = EvaluationOptions()
            (options.samples, options.photoSize) = (4, 64)
            var shape = tower()
            shape.entry.category = "<Tower & Co>"
            let data = MemoryDataSet(shapes: [shape])
            let evaluator = Evaluator(Subjects(data, data.entries, at: testBench()), options: options)
            let records = try evaluator.run(folder: folder).records
            let gallery = try evaluator.gallery(of: records, count: 3)
            #expect(!gallery.isEmpty)
            let summary = evaluator.summary(of: records)
            let head = SummaryHead(
                version: "0", command: "bsb <evaluate>", models: testBench().models, settings: testBench().settings, seconds: 1)
            let html = EvaluationReport(summary, head, gallery: gallery).html
            #expect(html.components(separatedBy: "<figure").count - 1 == gallery.count)
            #expect(html.components(separatedBy: "data:image/jpeg;base64,/9j/").count - 1 == 2 * gallery.count)
            // Nothing is fetched from elsewhere, and names do not become tags.
            #expect(!html.contains("http:") && !html.contains("https:") && !html.contains("src=\"/"))
            #expect(!html.contains("<Tower") && html.contains("&lt;Tower &amp; Co&gt;"))
            #expect(html.contains("bsb &lt;evaluate&gt;"))
            #expect(html.components(separatedBy: "<td>").count == html.components(separatedBy: "</td>").count)
            #expect(EvaluationReport(summary, head, gallery: []).html.contains("No samples were pictured"))
        }
    }
}

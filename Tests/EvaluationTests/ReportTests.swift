import BSBCorrespondence
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
            let html = EvaluationReport(summary, head, of: records, gallery: gallery).html
            #expect(html.components(separatedBy: "<figure").count - 1 == gallery.count)
            #expect(html.components(separatedBy: "data:image/jpeg;base64,/9j/").count - 1 == 2 * gallery.count)
            // Nothing is fetched from elsewhere, and names do not become tags.
            #expect(!html.contains("http:") && !html.contains("https:") && !html.contains("src=\"/"))
            #expect(!html.contains("<Tower") && html.contains("&lt;Tower &amp; Co&gt;"))
            #expect(html.contains("bsb &lt;evaluate&gt;"))
            // Each sample says what became of it and of what part it is, and its mesh is there once, to be turned.
            #expect(html.components(separatedBy: "<figure class=").count == html.components(separatedBy: " data-category=\"").count)
            let findings = Set(gallery.map { Finding($0.record) })
            #expect(html.components(separatedBy: "<button data-finding=\"").count - 1 == findings.count)
            for finding in findings { #expect(html.contains("\">\(finding.title) (")) }
            #expect(html.contains(#"data-part="&lt;Tower &amp; Co&gt;/base""#) || html.contains(#"data-part="&lt;Tower &amp; Co&gt;/top""#))
            #expect(html.components(separatedBy: " data-mesh=\"").count - 1 == gallery.count)
            #expect(html.components(separatedBy: "<script type=\"text/plain\" data-name=").count - 1 == 1)
            #expect(html.components(separatedBy: "<td>").count == html.components(separatedBy: "</td>").count)
            #expect(EvaluationReport(summary, head, of: records, gallery: []).html.contains("No samples were pictured"))
        }
    }

    @Test func clicksAreCountedWhereTheyWentWrongFirst() {
        func finding(
            _ vertex: Int?, _ isRight: Bool, mask: Double? = nil, nearest: Bool = false, reason: NoCorrespondence? = nil
        ) -> Finding {
            Finding(
                SampleRecord(
                    sample: 0, photo: 0, category: "", source: "", target: "", click: LabelledClick(x: 0, y: 0, part: "a"),
                    partExists: true,
                    partShare: 0.5,
                    answers: [
                        "default": .init(vertex: vertex, part: nil, correct: isRight),
                        "nearest-vertex": .init(vertex: 1, part: nil, correct: nearest),
                    ], reason: reason, candidates: 1, qualified: 1, partMaskIoU: mask))
        }
        #expect(finding(3, true, mask: 0.1) == .right)
        #expect(finding(3, false, mask: 0.4, nearest: true) == .mask)
        #expect(finding(3, false, mask: 0.6, nearest: true) == .choice && finding(3, false) == .features)
        #expect(finding(nil, false, reason: .unlikelyPart) == .refused && finding(nil, false, reason: .noCandidateQualifies) == .unfound)
    }

    @Test func meshesAreWrittenAsTheyAre() throws {
        let mesh = tower().mesh
        let view = MeshView(
            mesh: mesh, places: mesh.vertices.map { _ in .both }, answer: 2, nearest: nil, towards: [0, 0, 1], up: [0, 1, 0])
        #expect(view.attributes(of: "a\"b").contains(#"data-mesh="a&quot;b""#) && view.attributes(of: "a").contains(#"data-spots="2 -1""#))
        let texts = try #require(view.element(of: "a").split(separator: ">").dropFirst().first?.split(separator: "<").first).split(
            separator: " ")
        let numbers = try texts.map { text -> [UInt16] in
            let data = try #require(Data(base64Encoded: String(text)))
            return stride(from: 0, to: data.count, by: 2).map { UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8 }
        }
        #expect(numbers[1] == mesh.faces.flatMap { [UInt16($0.x), UInt16($0.y), UInt16($0.z)] })
        let low = mesh.vertices.reduce(mesh.vertices[0], pointwiseMin)
        let extent = (mesh.vertices.reduce(mesh.vertices[0], pointwiseMax) - low).max()
        for (vertex, point) in mesh.vertices.enumerated() {
            for axis in 0..<3 {
                #expect(abs(Float(numbers[0][3 * vertex + axis]) / 65_535 * extent + low[axis] - point[axis]) < 1e-4 * extent)
            }
        }
    }
}

import Foundation

/// `report.html`: a summary with plots and a gallery, in one file without anything from elsewhere.
public struct EvaluationReport: Sendable {
    private let summary: EvaluationSummary
    private let gallery: [GalleryItem]

    /// A report of a summary and pictures of some of its samples.
    public init(_ summary: EvaluationSummary, gallery: [GalleryItem]) {
        self.summary = summary
        self.gallery = gallery
    }

    /// The HTML text.
    public var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title><style>\(Self.style)</style></head><body><main>
        <h1>\(title)</h1>
        \(facts)
        <h2>Success</h2>
        <p>The share of clicks answered on a vertex of the clicked part; no answer counts as wrong. Thin lines are 95 % bootstrap intervals.</p>
        \(BarPlot(bars: summary.methods.map { .init(label: $0.title, estimate: $0.success, isMarked: $0.method == Method.bsb.rawValue) }).svg)
        \(methods)
        <h2>By the size of the part</h2>
        \(groups(summary.partSizes, heading: "Share of the vertices"))
        <h2>By category</h2>
        \(BarPlot(bars: bars(summary.categories)).svg)
        \(groups(summary.categories, heading: "Category"))
        <h2>By part</h2>
        \(groups(summary.parts, heading: "Part"))
        <h2>Samples</h2>
        \(legend)
        <h3>Answered on the right part</h3>
        \(items { $0.answers[Method.bsb.rawValue]?.correct == true })
        <h3>Answered on another part, or not at all</h3>
        \(items { $0.answers[Method.bsb.rawValue]?.correct != true })
        </main></body></html>
        """
    }

    private var title: String {
        switch summary.options.protocolKind {
        case .same: "Clicks in photos of the mesh itself"
        case .cross: "Clicks in photos of another shape of the category"
        case .photos: "Clicks in real photos"
        }
    }

    private var facts: String {
        let absent = summary.absentParts.map {
            "<p>Clicks on parts that the mesh lacks: \(HTML.percent($0.mean)) % rightly left without an answer (n = \($0.n)).</p>"
        }
        let segment = summary.segmentIoU.map {
            "<p>The 3D segment around the answer overlaps the labelled part with a mean IoU of \(HTML.percent($0.mean)) %"
                + (summary.pieceIoU.map { ", its connected piece with \(HTML.percent($0.mean)) %" } ?? "") + " (n = \($0.n)).</p>"
        }
        let models = summary.models.map { "\(HTML.escaped($0.name)) <code>\($0.hash.prefix(12))</code>" }.joined(separator: ", ")
        return """
            <p>\(summary.samples) clicks in \(summary.photos) photos on \(summary.meshes) meshes. Models: \(models). \
            Made by <code>\(HTML.escaped(summary.command))</code> in \(Int(summary.seconds)) seconds.</p>
            \(segment ?? "")\(absent ?? "")
            """
    }

    private var methods: String {
        HTML.table(
            ["Method", "Success, %", "Mean over meshes, %", "Answers, %", "Right among answers, %", "BSB leads by, %"],
            summary.methods.map { score in
                "<tr><td>\(HTML.escaped(score.title))</td>" + HTML.cell(score.success) + HTML.cell(score.successOverMeshes)
                    + HTML.cell(score.coverage) + HTML.cell(score.precision) + HTML.cell(score.bsbLead) + "</tr>"
            })
    }

    private func bars(_ groups: [ScoreGroup]) -> [BarPlot.Bar] {
        groups.compactMap { group in group.success[Method.bsb.rawValue].map { .init(label: group.name, estimate: $0, isMarked: true) } }
    }

    private func groups(_ groups: [ScoreGroup], heading: String) -> String {
        HTML.table(
            [heading, "n", "BSB, %", "Nearest vertex, %", "Chance, %", "Answers, %", "Right among answers, %", "3D IoU, %"],
            groups.map { group in
                "<tr><td>\(HTML.escaped(group.name))</td><td>\(group.n)</td>" + HTML.cell(group.success[Method.bsb.rawValue])
                    + HTML.cell(group.success[Method.nearestVertex.rawValue]) + HTML.cell(group.success[Method.chance.rawValue])
                    + HTML.cell(group.coverage) + HTML.cell(group.precision) + HTML.cell(group.segmentIoU) + "</tr>"
            })
    }

    private var legend: String {
        """
        <p>Left: the photo, the click (red), the 2D part mask (blue), everything outside the object mask darkened. Right: the mesh with the \
        answer (red dot) and the nearest vertex (violet cross hairs, which may be on the far side); \
        <b class="both">segment and part</b>, <b class="segment">segment only</b>, <b class="part">part only</b>.</p>
        """
    }

    private func items(_ isIncluded: (SampleRecord) -> Bool) -> String {
        let chosen = gallery.filter { isIncluded($0.record) }
        return "<div class=\"gallery\">" + chosen.map(figure).joined(separator: "\n") + "</div>"
    }

    private func figure(_ item: GalleryItem) -> String {
        let record = item.record
        let answer = record.answers[Method.bsb.rawValue]
        let verdict = answer?.vertex == nil ? "no answer" : "answered on \(answer?.part ?? "no part")"
        let iou = record.segmentIoU.map { ", 3D IoU \(HTML.percent($0)) %" } ?? ""
        let source = record.source == record.target ? "" : " from \(HTML.escaped(record.source))"
        return """
            <figure class="\(answer?.correct == true ? "right" : "wrong")">
            <img loading="lazy" alt="photo" src="data:image/jpeg;base64,\(item.photo.base64EncodedString())">\
            <img loading="lazy" alt="mesh" src="data:image/jpeg;base64,\(item.mesh.base64EncodedString())">
            <figcaption><b>\(HTML.escaped(record.click.part))</b> of \(HTML.escaped(record.target))\(source): \(HTML.escaped(verdict))\(iou); \
            \(record.qualified) of \(record.candidates) candidates qualify</figcaption></figure>
            """
    }

    private static let style = """
        :root{color-scheme:light;--ink:#1d2430;--soft:#5d6878;--line:#dfe4ea;--accent:#2f7fd8}
        body{margin:0;background:#f6f7f9;color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1080px;margin:0 auto;padding:24px 20px 60px;background:#fff}
        h1{font-size:26px;margin:0 0 8px}h2{font-size:20px;margin:36px 0 8px;border-top:1px solid var(--line);padding-top:24px}
        code{font-size:13px;background:#f0f2f5;padding:1px 4px;border-radius:3px;overflow-wrap:anywhere}
        .scroll{overflow-x:auto}table{border-collapse:collapse;margin:12px 0;font-size:14px;min-width:720px}
        th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--soft);font-weight:600}small{color:var(--soft)}
        .plot{width:100%;max-width:780px;display:block}.plot text{font-size:12px;fill:var(--ink)}
        .plot .label{text-anchor:end}.plot .tick{text-anchor:middle;fill:var(--soft)}.plot .grid{stroke:var(--line)}
        .bar{fill:#b9c4d1}.bar.marked{fill:var(--accent)}.whisker{stroke:#1d2430;stroke-width:1.5}
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:14px}
        figure{margin:0;border:1px solid var(--line);border-radius:6px;overflow:hidden;background:#fff}
        figure.right{border-top:3px solid #3ca15c}figure.wrong{border-top:3px solid #d9534f}
        figure img{width:50%;display:inline-block;vertical-align:top}figcaption{padding:6px 10px;font-size:13px}
        b.both{color:#2f8a4b}b.segment{color:#c07818}b.part{color:#4f86d8}
        """
}

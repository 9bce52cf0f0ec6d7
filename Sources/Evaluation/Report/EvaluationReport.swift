import BSBPhotography

/// `report.html`: a summary with plots and a gallery, in one file without anything from elsewhere.
package struct EvaluationReport: Sendable {
    private let summary: Summary
    private let head: SummaryHead
    private let records: [SampleRecord]
    private let gallery: [GalleryItem]

    /// A report of a summary of records and pictures of some of them.
    package init(_ summary: Summary, _ head: SummaryHead, of records: [SampleRecord], gallery: [GalleryItem]) {
        (self.summary, self.head, self.records, self.gallery) = (summary, head, records.filter(\.partExists), gallery)
    }

    /// The HTML text.
    package var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title><style>\(Self.style)</style></head><body><main>
        <h1>\(title)</h1>
        \(tiles)
        \(facts)
        <nav><a href="#methods">Methods</a><a href="#sizes">Sizes of parts</a><a href="#categories">Categories</a>\
        <a href="#parts">Parts</a><a href="#findings">What became of clicks</a><a href="#samples">Samples</a></nav>
        <h2 id="methods">Success</h2>
        <p>The share of clicks answered on a vertex of the clicked part; no answer counts as wrong. Thin lines are 95 % bootstrap intervals.</p>
        \(BarPlot(bars: methods.compactMap(bar)).svg)
        \(methodTable)
        <h2 id="sizes">By the size of the part</h2>
        <p>Light bars: a vertex drawn at random.</p>
        \(BarPlot(title: "success by the size of the part", bars: bars(rows("partSizes"))).svg)
        \(groups(rows("partSizes"), heading: "Share of the vertices"))
        <h2 id="categories">By category</h2>
        <p>Light bars: a vertex drawn at random.</p>
        \(BarPlot(title: "success by category", bars: bars(rows("categories"))).svg)
        \(groups(rows("categories"), heading: "Category"))
        <h2 id="parts">By part</h2>
        \(groups(rows("parts"), heading: "Part"))
        <h2 id="findings">What became of clicks</h2>
        <p>Each click counts once: where it went wrong first.</p>
        \(findings)
        <h2 id="samples">Samples</h2>
        \(legend)
        \(GalleryPage(items: gallery).html)
        </main></body></html>
        """
    }

    private var title: String {
        switch (summary["options"] as EvaluationOptions?)?.protocolKind ?? .same {
        case .same: "Clicks in photos of the mesh itself"
        case .cross: "Clicks in photos of another shape of the category"
        case .photos: "Clicks in real photos"
        }
    }

    private func rows(_ key: String) -> [Facts] { summary[key] ?? [] }
    private var methods: [Facts] { rows("methods") }

    private func bar(_ score: Facts) -> BarPlot.Bar? {
        score["success"].map { .init(label: score["title"] ?? "", estimate: $0, isMarked: score["method"] == Method.standard.rawValue) }
    }

    /// The main numbers, large.
    private var tiles: String {
        func score(_ method: Method, _ key: String) -> Estimate? { methods.first { $0["method"] == method.rawValue }?[key] }
        let numbers: [(String, Estimate?)] = [
            ("right", score(.standard, "success")), ("right among answers", score(.standard, "precision")),
            ("answered", score(.standard, "coverage")), ("right by the nearest vertex", score(.nearestVertex, "success")),
            ("right by chance", score(.chance, "success")),
        ]
        let tiles = numbers.compactMap { label, estimate in
            estimate.map {
                "<div><b>\(HTML.percent($0.mean)) %</b><small>\(HTML.percent($0.low)) – \(HTML.percent($0.high))</small>\(label)</div>"
            }
        }
        return "<div class=\"tiles\">\(tiles.joined())</div>"
    }

    private var facts: String {
        let absent = summary["absentParts"].map {
            "<p>Clicks on parts that the mesh lacks: \(HTML.percent($0.mean)) % rightly left without an answer (n = \($0.n)).</p>"
        }
        let segment = summary["segmentIoU"].map {
            "<p>The 3D segment around the answer overlaps the labelled part with a mean IoU of \(HTML.percent($0.mean)) %"
                + (summary["pieceIoU"].map { ", its connected piece with \(HTML.percent($0.mean)) %" } ?? "") + " (n = \($0.n)).</p>"
        }
        func count(_ key: String) -> Int { summary[key] ?? 0 }
        let models = head.models.map { "\(HTML.escaped($0.name)) <code>\($0.hash.prefix(12))</code>" }.joined(separator: ", ")
        return """
            <p>\(count("samples")) clicks in \(count("photos")) photos on \(count("meshes")) meshes. Models: \(models). \
            Made by <code>\(HTML.escaped(head.command))</code> in \(Int(head.seconds)) seconds.</p>
            \(segment ?? "")\(absent ?? "")
            """
    }

    private var methodTable: String {
        HTML.table(
            ["Method", "Success, %", "Mean over meshes, %", "Answers, %", "Right among answers, %", "Default leads by, %"],
            methods.map { score in
                "<tr><td>\(HTML.escaped(score["title"] ?? ""))</td>"
                    + ["success", "successOverMeshes", "coverage", "precision", "lead"].map { HTML.cell(score[$0]) }.joined() + "</tr>"
            })
    }

    private func bars(_ groups: [Facts]) -> [BarPlot.Bar] {
        groups.flatMap { group in
            [(Method.standard, "\(group["name"] ?? "") (n = \(group["n"] ?? 0))"), (.chance, "")].compactMap { method, label in
                group.success(of: method).map { BarPlot.Bar(label: label, estimate: $0, isMarked: method == .standard) }
            }
        }
    }

    private func groups(_ groups: [Facts], heading: String) -> String {
        HTML.table(
            [
                heading, "n", "Default, %", "BSB as published, %", "Nearest vertex, %", "Chance, %", "Answers, %", "Right among answers, %",
                "3D IoU, %",
            ],
            groups.map { group in
                let means =
                    [Method.standard, .bsb, .nearestVertex, .chance].map(group.success)
                    + ["coverage", "precision", "segmentIoU"].map { group[$0] }
                return "<tr><td>\(HTML.escaped(group["name"] ?? ""))</td><td>\(group["n"] ?? 0)</td>" + means.map(HTML.cell).joined()
                    + "</tr>"
            })
    }

    /// How many clicks there are of each finding.
    private var findings: String {
        let found = Dictionary(grouping: records, by: Finding.init).mapValues(\.count)
        return HTML.table(
            ["Finding", "n", "Share, %", "Meaning"],
            Finding.allCases.compactMap { finding in
                found[finding].map {
                    "<tr><td>\(finding.title)</td><td>\($0)</td><td>\(HTML.percent(Double($0) / Double(records.count)))</td>"
                        + "<td>\(finding.meaning)</td></tr>"
                }
            })
    }

    private var legend: String {
        """
        <p>Left: the photo, the click (red), the 2D part mask (blue), everything outside the object mask darkened. Right: the mesh with the \
        answer (red dot) and the nearest vertex (violet cross hairs, which may be on the far side; click to turn it in 3D); \
        <b class="both">segment and part</b>, <b class="segment">segment only</b>, <b class="part">part only</b>.</p>
        """
    }

    private static let style = """
        :root{color-scheme:light;--ink:#1d2430;--soft:#5d6878;--line:#dfe4ea;--accent:#2f7fd8}
        body{margin:0;background:#f6f7f9;color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:24px 20px 60px;background:#fff}
        h1{font-size:26px;margin:0 0 8px}h2{font-size:20px;margin:36px 0 8px;border-top:1px solid var(--line);padding-top:24px}
        code{font-size:13px;background:#f0f2f5;padding:1px 4px;border-radius:3px;overflow-wrap:anywhere}
        .scroll{overflow-x:auto}table{border-collapse:collapse;margin:12px 0;font-size:14px;min-width:720px}
        th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:top}
        th{color:var(--soft);font-weight:600;white-space:normal}small{color:var(--soft)}td small{display:block;line-height:1.2}
        .plot{width:100%;max-width:860px;display:block}.plot text{font-size:12px;fill:var(--ink)}
        .plot .label{text-anchor:end}.plot .tick{text-anchor:middle;fill:var(--soft)}.plot .grid{stroke:var(--line)}
        .bar{fill:#b9c4d1}.bar.marked{fill:var(--accent)}.whisker{stroke:#1d2430;stroke-width:1.5}
        nav a{margin-right:16px;color:var(--accent);text-decoration:none}
        .tiles{display:flex;flex-wrap:wrap;gap:12px;margin:14px 0}.tiles div{flex:1;min-width:140px;border:1px solid var(--line);
        border-radius:6px;padding:10px 14px;color:var(--soft);font-size:13px}.tiles b{display:block;font-size:24px;color:var(--ink)}
        .tiles small{display:block}
        .filters{position:sticky;top:0;background:#fff;padding:10px 0;z-index:1}
        .filters button,.filters select{font:inherit;font-size:14px;border:1px solid var(--line);background:#fff;border-radius:14px;
        padding:3px 12px;margin-right:6px;cursor:pointer}.filters button.on{background:var(--ink);color:#fff}
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(480px,1fr));gap:16px}
        figure{margin:0;border:1px solid var(--line);border-radius:6px;overflow:hidden;background:#fff}
        figure.right{border-top:3px solid #3ca15c}figure.wrong{border-top:3px solid #d9534f}figure.none{border-top:3px solid #b9c4d1}
        figure img{width:50%;aspect-ratio:1;object-fit:contain;display:inline-block;vertical-align:top;cursor:zoom-in}
        figure img[data-mesh]{cursor:pointer}figure img.turned{display:none}
        figure canvas{width:50%;aspect-ratio:1;display:inline-block;vertical-align:top;cursor:grab;touch-action:none}
        figure.large{grid-column:1/-1}figure.large img{cursor:zoom-out}figcaption{padding:6px 10px;font-size:13px}
        @media(max-width:560px){main{padding:16px 12px 40px}.gallery{grid-template-columns:1fr}.plot{min-width:640px}}
        b.both{color:#2f8a4b}b.segment{color:#c07818}b.part{color:#4f86d8}
        """
}

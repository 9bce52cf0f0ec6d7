/// The gallery of a report: pictures of samples to browse by what became of them, by category and by part; photos can be enlarged, meshes turned.
struct GalleryPage {
    let items: [GalleryItem]

    /// The filters and figures.
    var html: String {
        guard !items.isEmpty else { return "<p>No samples were pictured.</p>" }
        let buttons = Finding.allCases.compactMap { finding -> String? in
            let count = items.count { Finding($0.record) == finding }
            return count == 0
                ? nil : #"<button data-finding="\#(finding.rawValue)" title="\#(finding.meaning)">\#(finding.title) (\#(count))</button>"#
        }.joined()
        let views = Dictionary(items.map { ($0.record.target, $0.view) }) { first, _ in first }.sorted { $0.key < $1.key }
        return """
            <p class="filters"><button class="on" data-finding="">all (\(items.count))</button>\(buttons)\
            \(choice("category", items.map(\.record.category)))\(choice("part", items.map(\.part)))</p>
            <div class="gallery">\(items.map(figure).joined(separator: "\n"))</div>
            \(views.map { $1.element(of: $0) }.joined(separator: "\n"))
            <script type="module">\(Self.script)\(MeshView.script)</script>
            """
    }

    private func choice(_ what: String, _ names: [String]) -> String {
        let options = Set(names).sorted().map { "<option>\(HTML.escaped($0))</option>" }.joined()
        return #"<select aria-label="\#(what)" name="\#(what)"><option value="">every \#(what)</option>\#(options)</select>"#
    }

    private func figure(_ item: GalleryItem) -> String {
        let (record, finding) = (item.record, Finding(item.record))
        let answer = record.answers[Method.standard.rawValue]
        let verdict = answer?.vertex == nil ? "no answer" : "answered on \(answer?.part ?? "no part")"
        let iou = record.segmentIoU.map { ", 3D IoU \(HTML.percent($0)) %" } ?? ""
        let mask = record.partMaskIoU.map { ", 2D part mask IoU \(HTML.percent($0)) %" } ?? ""
        let nearest = record.answers[Method.nearestVertex.rawValue]?.part.map { "; the nearest vertex is on \($0)" } ?? ""
        let source = record.source == record.target ? "" : " from \(HTML.escaped(record.source))"
        return """
            <figure class="\(finding.verdict)" data-finding="\(finding.rawValue)" data-category="\(HTML.escaped(record.category))" \
            data-part="\(HTML.escaped(item.part))">
            <img loading="lazy" alt="photo" src="data:image/jpeg;base64,\(item.photo.base64EncodedString())">\
            <img loading="lazy" alt="mesh"\(item.view.attributes(of: record.target)) \
            src="data:image/jpeg;base64,\(item.mesh.base64EncodedString())">
            <figcaption><b>\(HTML.escaped(record.click.part))</b> of \(HTML.escaped(record.target))\(source): \(HTML.escaped(verdict))\
            \(HTML.escaped(nearest)); \(record.qualified) of \(record.candidates) candidates qualify\(iou)\(mask)</figcaption></figure>
            """
    }

    private static let script = """
        const figures=[...document.querySelectorAll("figure")],buttons=[...document.querySelectorAll(".filters button")],
        choices=[...document.querySelectorAll(".filters select")];let finding="";
        function show(){figures.forEach(f=>f.hidden=(finding&&f.dataset.finding!==finding)||choices.some(c=>c.value&&f.dataset[c.name]!==c.value));
        buttons.forEach(b=>b.classList.toggle("on",b.dataset.finding===finding))}
        buttons.forEach(b=>b.onclick=()=>{finding=b.dataset.finding;show()});choices.forEach(c=>c.onchange=show);
        figures.forEach(f=>f.querySelectorAll("img[alt=photo]").forEach(i=>i.onclick=()=>f.classList.toggle("large")));

        """
}

extension GalleryItem {
    /// The clicked part of its category.
    fileprivate var part: String { "\(record.category)/\(record.click.part)" }
}

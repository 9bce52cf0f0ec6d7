/// The gallery of a report: pictures of samples that can be filtered by verdict and category, and enlarged.
struct GalleryPage {
    let items: [GalleryItem]

    /// What became of a sample, as a class of its figure.
    private enum Verdict: String, CaseIterable {
        case right, wrong, none

        init(_ record: SampleRecord) {
            let answer = record.answers[Method.standard.rawValue]
            self = answer?.correct == true ? .right : answer?.vertex == nil ? .none : .wrong
        }

        var title: String {
            switch self {
            case .right: "right"
            case .wrong: "another part"
            case .none: "no answer"
            }
        }
    }

    /// The filters and figures.
    var html: String {
        guard !items.isEmpty else { return "<p>No samples were pictured.</p>" }
        let categories = Set(items.map(\.record.category)).sorted().map { "<option>\(HTML.escaped($0))</option>" }.joined()
        let buttons = Verdict.allCases.map { verdict in
            "<button data-verdict=\"\(verdict.rawValue)\">\(verdict.title) (\(items.count { Verdict($0.record) == verdict }))</button>"
        }.joined()
        return """
            <p class="filters"><button class="on" data-verdict="">all (\(items.count))</button>\(buttons)\
            <select aria-label="category"><option value="">every category</option>\(categories)</select></p>
            <div class="gallery">\(items.map(figure).joined(separator: "\n"))</div>
            <script>\(Self.script)</script>
            """
    }

    private func figure(_ item: GalleryItem) -> String {
        let record = item.record
        let answer = record.answers[Method.standard.rawValue]
        let verdict = answer?.vertex == nil ? "no answer" : "answered on \(answer?.part ?? "no part")"
        let iou = record.segmentIoU.map { ", 3D IoU \(HTML.percent($0)) %" } ?? ""
        let mask = record.partMaskIoU.map { ", 2D part mask IoU \(HTML.percent($0)) %" } ?? ""
        let nearest = record.answers[Method.nearestVertex.rawValue]?.part.map { "; the nearest vertex is on \($0)" } ?? ""
        let source = record.source == record.target ? "" : " from \(HTML.escaped(record.source))"
        return """
            <figure class="\(Verdict(record).rawValue)" data-category="\(HTML.escaped(record.category))">
            <img loading="lazy" alt="photo" src="data:image/jpeg;base64,\(item.photo.base64EncodedString())">\
            <img loading="lazy" alt="mesh" src="data:image/jpeg;base64,\(item.mesh.base64EncodedString())">
            <figcaption><b>\(HTML.escaped(record.click.part))</b> of \(HTML.escaped(record.target))\(source): \(HTML.escaped(verdict))\
            \(HTML.escaped(nearest)); \(record.qualified) of \(record.candidates) candidates qualify\(iou)\(mask)</figcaption></figure>
            """
    }

    private static let script = """
        const figures=[...document.querySelectorAll("figure")],buttons=[...document.querySelectorAll(".filters button")],
        choice=document.querySelector(".filters select");let verdict="";
        function show(){figures.forEach(f=>f.hidden=(verdict&&!f.classList.contains(verdict))||(choice.value&&f.dataset.category!==choice.value));
        buttons.forEach(b=>b.classList.toggle("on",b.dataset.verdict===verdict))}
        buttons.forEach(b=>b.onclick=()=>{verdict=b.dataset.verdict;show()});choice.onchange=show;
        figures.forEach(f=>f.querySelectorAll("img").forEach(i=>i.onclick=()=>f.classList.toggle("large")));
        """
}

import Foundation

/// A plot of estimates as horizontal bars with their intervals, as an SVG element.
struct BarPlot {
    struct Bar {
        var label: String
        var estimate: Estimate
        var isMarked = false
    }

    /// What the bars are of, for those who cannot see them.
    var title = "success by method"
    var bars: [Bar]

    private static let (row, left, width) = (24.0, 330.0, 460.0)

    /// The SVG element; shares go from 0 to 1.
    var svg: String {
        let height = Self.row * Double(bars.count) + 46
        var parts = [
            #"<div class="scroll"><svg class="plot" viewBox="0 0 \#(Self.text(Self.left + Self.width + 70)) \#(Self.text(height))" "#
                + #"role="img" aria-label="\#(HTML.escaped(title))">"#
        ]
        for tick in 0...5 {
            let x = Self.left + Self.width * Double(tick) / 5
            parts.append(#"<line class="grid" x1="\#(Self.text(x))" y1="4" x2="\#(Self.text(x))" y2="\#(Self.text(height - 40))"/>"#)
            parts.append(#"<text class="tick" x="\#(Self.text(x))" y="\#(Self.text(height - 24))">\#(tick * 20) %</text>"#)
        }
        let middle = Self.text(Self.left + Self.width / 2)
        parts.append(#"<text class="tick" x="\#(middle)" y="\#(Self.text(height - 6))">clicks answered rightly</text>"#)
        for (index, bar) in bars.enumerated() { parts.append(svg(bar, y: Self.row * Double(index) + 6)) }
        return parts.joined(separator: "\n") + "</svg></div>"
    }

    private func svg(_ bar: Bar, y: Double) -> String {
        func x(_ value: Double) -> String { Self.text(Self.left + Self.width * min(max(value, 0), 1)) }
        let (middle, estimate) = (Self.text(y + 8), bar.estimate)
        let right = Self.text(Self.left + Self.width * min(max(estimate.high, estimate.mean), 1) + 8)
        return """
            <text class="label" x="\(Self.text(Self.left - 10))" y="\(Self.text(y + 12))">\(HTML.escaped(bar.label))</text>
            <rect class="\(bar.isMarked ? "bar marked" : "bar")" x="\(Self.text(Self.left))" y="\(Self.text(y))" height="16" \
            width="\(Self.text(Self.width * min(max(estimate.mean, 0), 1)))" rx="2"/>
            <line class="whisker" x1="\(x(estimate.low))" y1="\(middle)" x2="\(x(estimate.high))" y2="\(middle)"/>
            <text class="value" x="\(right)" y="\(Self.text(y + 12))">\(HTML.percent(estimate.mean))</text>
            """
    }

    private static func text(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// Pieces of HTML.
enum HTML {
    /// Text with the characters that mean something in HTML replaced.
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }

    /// A share in per cent with one digit.
    static func percent(_ value: Double) -> String { String(format: "%.1f", value * 100) }

    /// A mean with its interval in per cent.
    static func cell(_ estimate: Estimate?) -> String {
        guard let estimate else { return "<td>–</td>" }
        return #"<td>\#(percent(estimate.mean)) <small>\#(percent(estimate.low)) – \#(percent(estimate.high))</small></td>"#
    }

    /// A table with a line of headings.
    static func table(_ headings: [String], _ rows: [String]) -> String {
        let head = headings.map { "<th>\(escaped($0))</th>" }.joined()
        return "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
    }
}

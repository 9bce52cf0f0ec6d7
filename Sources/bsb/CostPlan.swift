import BSBBasics
import BSBImages
import BSBLinearAlgebra
import BSBModelStore
import BSBWorkbench
import Foundation

/// What preparing a mesh would cost with each choice of models, from a short calibration of this machine.
struct CostPlan: Sendable, Codable {
    /// One choice.
    struct Row: Sendable, Codable {
        /// The model's name.
        public var model: String
        /// What it is for.
        public var kind: CatalogueEntry.Kind
        /// Views that would be encoded.
        public var encodings: Int
        /// Multiply-adds of all encodings, where the architecture tells them.
        public var multiplyAdds: Double?
        /// The time that all encodings would take.
        public var seconds: Double
        /// Whether one encoding was timed; otherwise the time follows from the multiply-adds and the speed of a matrix product here.
        public var isMeasured: Bool
        /// Whether this is the choice that was made.
        public var isChosen: Bool
    }

    /// Billions of multiply-adds a second of a large matrix product on the threads that were given.
    var billionsPerSecond: Double
    /// The choices.
    var rows: [Row]

    /// Times the chosen models on one picture, a matrix product, and works out the rest.
    ///
    /// Throws `Failure` if a chosen model cannot be run.
    init(at bench: Workbench) throws {
        let speed = Self.speed(bench.parallelism)
        billionsPerSecond = speed / 1e9
        let (features, segments) = (bench.settings.featureViews.count, bench.settings.segmentViews.count)
        let picture = Image(width: bench.settings.featureViews.size, height: bench.settings.featureViews.size, fill: Color(200, 190, 180))
        let (extractor, segmenter, parallelism) = (try bench.viewExtractor, bench.segmenter, bench.parallelism)
        let each = { (body: @Sendable () throws -> Void) throws -> Double in
            let alone = try Self.seconds(body)
            // Large models run one at a time anyway, and one run of theirs says enough.
            guard alone < 2 else { return alone }
            // As many at once as later, since small models run side by side.
            return try (0..<2).map { _ in try Self.seconds { try parallelism.forEach(parallelism.threads) { _ in try body() } } }.min()!
                / Double(parallelism.threads)
        }
        rows = [
            Row(
                model: extractor.identity.name, kind: .features, encodings: features, multiplyAdds: nil,
                seconds: try each { _ = try extractor.features(of: picture) } * Double(features), isMeasured: true, isChosen: true),
            Row(
                model: segmenter.identity.name, kind: .segmenter, encodings: segments, multiplyAdds: nil,
                seconds: try each { _ = try segmenter.embed(picture) } * Double(segments), isMeasured: true, isChosen: true),
        ]
        rows += try ModelStore().catalogue.entries.compactMap { entry in
            guard let one = entry.multiplyAdds else { return nil }
            let encodings = entry.kind == .features ? features : segments
            return Row(
                model: entry.name, kind: entry.kind, encodings: encodings, multiplyAdds: one * Double(encodings),
                seconds: one * Double(encodings) / speed, isMeasured: false, isChosen: false)
        }
    }

    /// The rows as lines of text.
    var table: String {
        let lines = rows.map { row in
            let work = row.multiplyAdds.map { String(format: "%.3g", $0 / 1e12) } ?? "-"
            let mark = row.isChosen ? "chosen, timed" : "estimated"
            return [row.model, row.kind.rawValue, "\(row.encodings)", work, Self.text(row.seconds), mark]
        }
        return TextTable.aligned([["model", "for", "encodings", "10^12 multiply-adds", "time", ""]] + lines)
    }

    /// A time for people.
    private static func text(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: String(format: "%.0f s", seconds)
        case ..<5400: String(format: "%.0f min", seconds / 60)
        default: String(format: "%.1f h", seconds / 3600)
        }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }

    /// Multiply-adds a second of a product of 768 x 1024 by 1024 x 1024, of the size of a transformer's.
    private static func speed(_ parallelism: Parallelism) -> Double {
        let (a, b) = (Matrix(rows: 768, columns: 1024, fill: 0.5), Matrix(rows: 1024, columns: 1024, fill: 0.25))
        let seconds = (0..<3).map { _ in Self.seconds { _ = Matrix.product(a.factor, b.factor, parallelism: parallelism) } }.min()!
        return 768 * 1024 * 1024 / seconds
    }
}

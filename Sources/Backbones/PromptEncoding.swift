import BSBBasics
import BSBInference

/// Writes prompts as the inputs of the embedded segmenter's decoder, in pixels of its frame.
struct PromptEncoding: Sendable {
    let preparation: ImagePreparation
    /// The side of the grid of logits.
    let cells: Int

    /// Logits of an earlier answer where the picture does not reach: surely outside.
    static let outside: Float = -10

    /// `points`, `labels`, `box` and `previous` of several prompts about a picture of the given size; `frame` maps its plane to the frame's.
    ///
    /// Prompts with fewer points than the longest are filled up with points of label -1; a box or an earlier answer that a prompt lacks is
    /// all zeros.
    func tensors(for prompts: ArraySlice<Prompt>, frame: PlaneMap, width: Int, height: Int) throws -> [String: Tensor] {
        let most = max(1, prompts.map(\.points.count).max() ?? 1)
        var (points, labels, boxes, previous): ([Float], [Float], [Float], [Float]) = ([], [], [], [])
        for prompt in prompts {
            try prompt.check()
            for point in prompt.points {
                let position = frame(point.position)
                points += [position.x, position.y]
                labels.append(point.isForeground ? 1 : 0)
            }
            let padding = most - prompt.points.count
            points += [Float](repeating: 0, count: 2 * padding)
            labels += [Float](repeating: -1, count: padding)
            boxes += box(prompt.box, frame)
            previous += prompt.previous.map { earlier($0, frame: frame, width: width, height: height) } ?? blank
        }
        return [
            "points": Tensor(points, shape: [prompts.count, most, 2]),
            "labels": Tensor(labels, shape: [prompts.count, most]),
            "box": Tensor(boxes, shape: [prompts.count, 4]),
            "previous": Tensor(previous, shape: [prompts.count, 1, cells, cells]),
        ]
    }

    private var blank: [Float] { [Float](repeating: 0, count: cells * cells) }

    private func box(_ box: Prompt.Box?, _ frame: PlaneMap) -> [Float] {
        guard let box else { return [0, 0, 0, 0] }
        let (a, b) = (frame(box.low), frame(box.high))
        return [min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y)]
    }

    /// An earlier answer on the grid of this segmenter, whatever grid it was given on.
    private func earlier(_ logits: LogitMap, frame: PlaneMap, width: Int, height: Int) -> [Float] {
        let stride = Float(preparation.side) / Float(cells)
        let own = preparation.map(width: width, height: height, stride: stride)
        return logits.resampled(cells: cells, map: own, width: width, height: height, outside: Self.outside)
    }
}

extension Prompt {
    /// Throws `Failure(.usage)` if a coordinate is not a number.
    func check() throws {
        let numbers = points.flatMap { [$0.position.x, $0.position.y] } + (box.map { [$0.low.x, $0.low.y, $0.high.x, $0.high.y] } ?? [])
        guard numbers.allSatisfy(\.isFinite) else {
            throw Failure(.usage, EmbeddedSegmenter.operation, reason: "a coordinate of the click or box is not a number")
        }
    }
}

/// Lengths of runs outside and inside in turn as truth values.
enum RunDecoding {
    /// The values, `count` of them; nil where the lengths do not sum to that.
    static func values(_ runs: [Int], count: Int) -> [Bool]? {
        var values = [Bool](repeating: false, count: count)
        var start = 0
        for (index, length) in runs.enumerated() {
            guard length >= 0, length <= count - start else { return nil }
            if index % 2 == 1 { for place in start..<(start + length) { values[place] = true } }
            start += length
        }
        return start == count ? values : nil
    }
}

/// Means of the values around each of a plane.
enum PlaneBlur {
    /// The mean of the values within `radius` of each along rows, then along columns; negative ones are none, and stay.
    ///
    /// - Complexity: O(width x height).
    static func blurred(_ plane: [Float], width: Int, height: Int, radius: Int) -> [Float] {
        func pass(_ plane: [Float], lines: Int, length: Int, along: Int, across: Int) -> [Float] {
            var result = plane
            for line in 0..<lines {
                var (sum, count) = (Float(0), 0)
                func add(_ position: Int, _ sign: Int) {
                    guard position >= 0, position < length, plane[line * across + position * along] >= 0 else { return }
                    sum += Float(sign) * plane[line * across + position * along]
                    count += sign
                }
                for position in 0..<min(radius, length) { add(position, 1) }
                for position in 0..<length {
                    add(position + radius, 1)
                    add(position - radius - 1, -1)
                    let index = line * across + position * along
                    if plane[index] >= 0, count > 0 { result[index] = max(0, sum / Float(count)) }
                }
            }
            return result
        }
        let rows = pass(plane, lines: height, length: width, along: 1, across: width)
        return pass(rows, lines: width, length: height, along: width, across: 1)
    }
}

/// Channels of 16 bits become 8.
enum DeepLevels {
    /// Turns levels into bytes.
    ///
    /// Scanners and microscopes keep 10 to 14 bits in 16, so that a picture would be nearly black: levels that use less than a quarter of
    /// their range are stretched to all of it; others lose their lower byte.
    /// - Parameters:
    ///   - levels: pixels x channels.
    ///   - channels: numbers for each pixel.
    ///   - hasAlpha: whether the last channel is opacity, which is never stretched.
    static func bytes(_ levels: [UInt16], channels: Int, hasAlpha: Bool) -> [UInt8] {
        let colors = hasAlpha ? channels - 1 : channels
        var (low, high) = (UInt16.max, UInt16.min)
        for start in stride(from: 0, to: levels.count, by: channels) where !hasAlpha || levels[start + colors] > 0 {
            for channel in start..<(start + colors) { (low, high) = (min(low, levels[channel]), max(high, levels[channel])) }
        }
        guard high > low, high - low < 1 << 14 else { return levels.map { UInt8($0 >> 8) } }
        let range = UInt32(high - low)
        return levels.enumerated().map { index, level in
            guard index % channels < colors else { return UInt8(level >> 8) }
            return UInt8(min(255, (UInt32(max(level, low) - low) * 255 + range / 2) / range))
        }
    }
}

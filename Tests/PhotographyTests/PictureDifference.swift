import BSBImages

/// The mean over a picture of the largest channel difference.
func meanDifference(_ a: Image, _ b: Image) -> Float {
    let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Float(sum) / Float(a.pixels.count)
}

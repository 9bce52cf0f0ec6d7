extension String {
    /// The text with control characters as escapes such as `\u{1b}`, so that a name out of a file cannot steer the terminal.
    ///
    /// - Parameter keepsLines: whether line ends and tabs stay; else they become blanks.
    package func printable(keepsLines: Bool = false) -> String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if !scalar.isControl {
                result.unicodeScalars.append(scalar)
            } else if scalar == "\n" || scalar == "\t" || scalar == "\r" || scalar.value == 0x2028 || scalar.value == 0x2029 {
                if keepsLines { result.unicodeScalars.append(scalar) } else { result += " " }
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether the character moves, colours or turns text instead of being seen.
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
            || value == 0x2028 || value == 0x2029
    }
}

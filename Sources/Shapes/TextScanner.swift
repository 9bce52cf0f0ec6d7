import BSBBasics
import Foundation

/// Cuts the bytes of a text mesh into lines, tokens and numbers.
///
/// Lines end with LF, CRLF or a lone CR; `\` before a line end continues the line; `#` starts a comment where a token could start.
/// Invariant of the unsafe part: the buffer outlives the scanner, since one exists only inside ``scan(_:_:)``, and every byte is read
/// through `byte(_:)`, which answers a line end beyond the last one.
struct TextScanner {
    /// The bytes of one token.
    typealias Token = Range<Int>

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    /// The line that `position` is on, from 1.
    private(set) var line = 1

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Runs `body` with a scanner over `data`, without its byte order mark; UTF-16 is turned into UTF-8 first.
    static func scan<Result>(_ data: Data, _ body: (TextScanner) throws -> Result) throws -> Result {
        let head = [UInt8](data.prefix(3))
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            guard let text = String(data: data, encoding: .utf16) else { throw Failure.mesh("the UTF-16 text is damaged") }
            return try withScanner(Data(text.utf8), body)
        }
        return try withScanner(head == [0xEF, 0xBB, 0xBF] ? data.dropFirst(3) : data, body)
    }

    private static func withScanner<Result>(_ data: Data, _ body: (TextScanner) throws -> Result) throws -> Result {
        try data.withUnsafeBytes { try body(TextScanner($0.bindMemory(to: UInt8.self))) }
    }

    /// The number of bytes of text.
    var count: Int { bytes.count }
    var isAtEnd: Bool { position >= bytes.count }

    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        index < bytes.count ? bytes[index] : 10
    }

    // MARK: Lines and tokens

    /// The next token on this line, or nil at its end or at a comment.
    @inline(__always)
    mutating func token() -> Token? {
        skipBlanks()
        let start = position
        if byte(start) == UInt8(ascii: "#") { return nil }
        while !endsToken(position) { position += 1 }
        return start == position ? nil : start..<position
    }

    /// The next token on this line or a later one, or nil at the end of the text.
    mutating func tokenOnAnyLine() -> Token? {
        while true {
            if let token = token() { return token }
            if isAtEnd { return nil }
            nextLine()
        }
    }

    /// Goes to the start of the next line.
    mutating func nextLine() {
        while position < bytes.count, !isLineEnd(bytes[position]) { position += 1 }
        passLineEnd()
    }

    /// What is left of this line, without blanks around it.
    mutating func restOfLine() -> String {
        skipBlanks()
        var end = position
        while end < bytes.count, !isLineEnd(bytes[end]) { end += 1 }
        return text(position..<end).trimmingCharacters(in: .whitespaces)
    }

    private mutating func passLineEnd() {
        guard !isAtEnd else { return }
        let isCarriageReturn = bytes[position] == 13
        position += 1
        if isCarriageReturn, position < bytes.count, bytes[position] == 10 { position += 1 }
        line += 1
    }

    private mutating func skipBlanks() {
        while true {
            let next = byte(position)
            if isBlank(next) {
                position += 1
            } else if isContinuation(position) {
                position += 1
                passLineEnd()
            } else {
                return
            }
        }
    }

    @inline(__always)
    private func endsToken(_ index: Int) -> Bool {
        let next = byte(index)
        return next <= 32 ? (isBlank(next) || isLineEnd(next)) : isContinuation(index)
    }

    @inline(__always)
    private func isContinuation(_ index: Int) -> Bool {
        byte(index) == UInt8(ascii: "\\") && index + 1 < bytes.count && isLineEnd(bytes[index + 1])
    }

    @inline(__always)
    private func isBlank(_ value: UInt8) -> Bool { value == 32 || value == 9 || value == 11 || value == 12 }

    @inline(__always)
    private func isLineEnd(_ value: UInt8) -> Bool { value == 10 || value == 13 }

    /// The number of tokens left on this line.
    func tokensOnLine() -> Int {
        var (rest, count) = (self, 0)
        while rest.token() != nil { count += 1 }
        return count
    }

    // MARK: Values

    /// The token as text, for messages and names.
    func text(_ token: Token) -> String {
        String(decoding: bytes[token], as: UTF8.self)
    }

    /// Whether the token is exactly `word`.
    @inline(__always)
    func matches(_ token: Token, _ word: StaticString) -> Bool {
        guard token.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<token.count where bytes[token.lowerBound + offset] != word.utf8Start[offset] { return false }
        return true
    }

    /// Whether the token is the lower-case `word` in any case.
    func matchesIgnoringCase(_ token: Token, _ word: StaticString) -> Bool {
        guard token.count == word.utf8CodeUnitCount else { return false }
        return (0..<token.count).allSatisfy { offset in
            let byte = bytes[token.lowerBound + offset]
            return ((65...90).contains(byte) ? byte | 32 : byte) == word.utf8Start[offset]
        }
    }

    /// The token without a comment that is attached to it; empty where it begins one, also in the style of other languages.
    func withoutComment(_ token: Token) -> Token {
        let first = byte(token.lowerBound)
        if first == UInt8(ascii: ";") || first == UInt8(ascii: "/") && byte(token.lowerBound + 1) == UInt8(ascii: "/") {
            return token.lowerBound..<token.lowerBound
        }
        return token.lowerBound..<(token.first { byte($0) == UInt8(ascii: "#") } ?? token.upperBound)
    }

    /// The whole number that starts the token and ends with it or with a slash; nil if it is none or beyond 18 digits.
    func integer(_ token: Token) -> Int? {
        var index = token.lowerBound
        let isNegative = byte(index) == UInt8(ascii: "-")
        if isNegative || byte(index) == UInt8(ascii: "+") { index += 1 }
        let firstDigit = index
        var value = 0
        while index < token.upperBound, case let digit = bytes[index] &- 48, digit < 10 {
            guard index - firstDigit < 18 else { return nil }
            value = value * 10 + Int(digit)
            index += 1
        }
        guard index > firstDigit, index == token.upperBound || bytes[index] == UInt8(ascii: "/") else { return nil }
        return isNegative ? -value : value
    }

    /// The whole number between the first slash of the token and the next, or its end; nil if there is none.
    func integerAfterSlash(_ token: Token) -> Int? {
        guard let slash = token.first(where: { bytes[$0] == UInt8(ascii: "/") }) else { return nil }
        return integer((slash + 1)..<token.upperBound)
    }

    /// The whole number behind the second slash of the token; nil if there is none.
    func integerAfterSecondSlash(_ token: Token) -> Int? {
        let slashes = token.filter { bytes[$0] == UInt8(ascii: "/") }
        return slashes.count == 2 ? integer((slashes[1] + 1)..<token.upperBound) : nil
    }

    /// The number that the token is; infinite if it is too large, NaN for the ways to write that; nil if it is none.
    ///
    /// Once rounded to `Float` it is exact. Up to 18 digits with a small exponent take two operations, each off by half a unit in the
    /// last place; where that could tip the rounding to `Float`, and for anything longer, the standard library decides.
    func number(_ token: Token) -> Double? {
        var index = token.lowerBound
        let isNegative = byte(index) == UInt8(ascii: "-")
        if isNegative || byte(index) == UInt8(ascii: "+") { index += 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var hasPoint = false
        scan: while index < token.upperBound {
            let value = bytes[index]
            switch value {
            case 48...57:
                guard digits < 18 else { return slowNumber(token) }
                mantissa = mantissa * 10 + UInt64(value - 48)
                digits += 1
                if hasPoint { exponent -= 1 }
            case UInt8(ascii: ".") where !hasPoint: hasPoint = true
            default: break scan
            }
            index += 1
        }
        guard digits > 0 else { return slowNumber(token) }
        if index < token.upperBound {
            guard bytes[index] | 32 == UInt8(ascii: "e"), let power = integer((index + 1)..<token.upperBound), abs(power) < 400 else {
                return slowNumber(token)
            }
            exponent += power
        }
        guard abs(exponent) <= 22 else { return slowNumber(token) }
        let magnitude = exponent < 0 ? Double(mantissa) / Self.powersOfTen[-exponent] : Double(mantissa) * Self.powersOfTen[exponent]
        let bitsBelowFloat = magnitude.bitPattern & 0x1FFF_FFFF
        if mantissa >= 1 << 53, bitsBelowFloat &- 0x0FFF_FFFC < 8 { return slowNumber(token) }
        return isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen = (0...22).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } }

    private func slowNumber(_ token: Token) -> Double? {
        guard token.count < 1000 else { return nil }
        var text = text(token).lowercased()
        if text.hasPrefix("+") { text.removeFirst() }
        if text.hasSuffix(".") { text.removeLast() }
        if text.hasPrefix("0x") || text.hasPrefix("-0x") { return nil }
        if let value = Double(text) { return value }
        // Windows writes 1.#INF, -1.#IND and 1.#QNAN; C writes nan(…).
        if text.contains("#inf") { return .infinity }
        return text.contains("#ind") || text.contains("nan(") || text.contains("#qnan") || text.contains("#snan") ? .nan : nil
    }
}

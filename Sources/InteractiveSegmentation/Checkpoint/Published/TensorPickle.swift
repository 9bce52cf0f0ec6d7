import Basics
import Foundation

/// What a pickle of plain values and tensors describes.
indirect enum PickledValue {
    case none
    case boolean(Bool)
    case integer(Int)
    case real(Double)
    case text(String)
    case list([PickledValue])
    case dictionary([(key: PickledValue, value: PickledValue)])
    /// The name of a type or function; it is never looked up or called.
    case global(String)
    case storage(TensorStorage)
    case tensor(StridedTensor)

    /// The value under a name, if this is a dictionary that has it.
    subscript(name: String) -> PickledValue? {
        guard case .dictionary(let entries) = self else { return nil }
        return entries.last { if case .text(name) = $0.key { true } else { false } }?.value
    }

    /// The names in a dictionary, in order; empty for anything else.
    var names: [String] {
        guard case .dictionary(let entries) = self else { return [] }
        return entries.compactMap { if case .text(let name) = $0.key { name } else { nil } }
    }
}

/// Numbers in a file of their own beside the pickle.
struct TensorStorage: Hashable {
    /// The type's name in torch, such as `FloatStorage`.
    var type: String
    /// The name of the file.
    var key: String
    /// How many numbers it has.
    var count: Int
}

/// A view of a storage.
struct StridedTensor: Hashable {
    var storage: TensorStorage
    var offset: Int
    var shape: [Int]
    var strides: [Int]
}

/// Reads the pickles that `torch.save` makes of tensors, numbers, words, lists and dictionaries.
///
/// A pickle is a program for a stack machine that may call any function. This machine knows the instructions that build plain values and
/// three functions by name (an ordered dictionary, a tensor, a parameter), which it answers itself; it executes nothing else and refuses
/// whatever it does not know.
struct TensorPickle {
    private struct Item {
        var value: PickledValue
        /// How deep containers are nested in it.
        var depth = 0
    }

    private var reader: PickleReader
    private var stack: [Item] = []
    private var marks: [Int] = []
    private var memo: [Int: Item] = [:]
    private var steps = 0

    /// More instructions than a checkpoint has.
    private static let mostSteps = 5_000_000
    private static let deepest = 64

    private init(_ bytes: ArraySlice<UInt8>) { reader = PickleReader(bytes) }

    /// The value that the pickle describes.
    ///
    /// - Throws: `Failure` for anything but a pickle of plain values and tensors.
    /// - Complexity: O(bytes).
    static func value(_ bytes: ArraySlice<UInt8>, path: String?) throws -> PickledValue {
        var machine = TensorPickle(bytes)
        do {
            while try !machine.step() {}
            return try machine.pop().value
        } catch let problem as PickleProblem {
            throw Failure(
                .badInput, "reading the checkpoint", path: path, reason: problem.reason,
                hint: "only tensors, numbers, words, lists and dictionaries are read, and nothing in the file is ever run")
        }
    }

    /// Takes one instruction; whether it was the last.
    private mutating func step() throws -> Bool {
        steps += 1
        guard steps <= Self.mostSteps else { throw PickleProblem("it has too many instructions") }
        let code = try reader.byte()
        switch code {
        case 0x80: try protocolVersion()
        case 0x2E: return true
        case 0x28: marks.append(stack.count)
        case 0x4E: push(.none)
        case 0x88: push(.boolean(true))
        case 0x89: push(.boolean(false))
        case 0x4A: push(.integer(Int(Int32(truncatingIfNeeded: try reader.number(4)))))
        case 0x4B: push(.integer(try reader.number(1)))
        case 0x4D: push(.integer(try reader.number(2)))
        case 0x8A: push(.integer(try reader.signed(try reader.number(1))))
        case 0x47: push(.real(try reader.real()))
        case 0x58: push(.text(try reader.text(try reader.number(4))))
        case 0x63: push(.global("\(try reader.line()).\(try reader.line())"))
        case 0x7D: push(.dictionary([]))
        case 0x5D, 0x29: push(.list([]))
        case 0x85: try tuple(1)
        case 0x86: try tuple(2)
        case 0x87: try tuple(3)
        case 0x74, 0x6C: try pushList(popToMark())
        case 0x61: try append([pop()])
        case 0x65: try append(popToMark())
        case 0x73: try set([pop(), pop()].reversed())
        case 0x75: try set(popToMark())
        case 0x71: try remember(reader.number(1))
        case 0x72: try remember(reader.number(4))
        case 0x68: try recall(reader.number(1))
        case 0x6A: try recall(reader.number(4))
        case 0x51: try storage()
        case 0x52: try reduce()
        case 0x62: try build()
        case 0x81: try refuseObject()
        default: throw PickleProblem("its pickle has an instruction that plain values do not need (0x\(String(code, radix: 16)))")
        }
        return false
    }

    private mutating func protocolVersion() throws {
        let version = try reader.number(1)
        guard version == 2 else { throw PickleProblem("it is a pickle of protocol \(version); torch writes 2") }
    }

    private mutating func push(_ value: PickledValue, depth: Int = 0) { stack.append(Item(value: value, depth: depth)) }

    private mutating func pop() throws -> Item {
        guard stack.count > marks.last ?? 0, let item = stack.popLast() else { throw PickleProblem.empty }
        return item
    }

    private mutating func popToMark() throws -> [Item] {
        guard let mark = marks.popLast() else { throw PickleProblem.empty }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func tuple(_ count: Int) throws {
        try pushList((0..<count).map { _ in try pop() }.reversed())
    }

    private mutating func pushList(_ items: [Item]) throws {
        push(.list(items.map(\.value)), depth: try depth(around: items))
    }

    private func depth(around items: [Item]) throws -> Int {
        let depth = (items.map(\.depth).max() ?? 0) + 1
        guard depth <= Self.deepest else { throw PickleProblem("its values are nested too deep") }
        return depth
    }

    /// Appends to the list on top.
    private mutating func append(_ items: [Item]) throws {
        var target = try pop()
        guard case .list(var values) = target.value else { throw PickleProblem("its pickle appends to what is no list") }
        target.value = .none
        values += items.map(\.value)
        push(.list(values), depth: max(target.depth, try depth(around: items)))
    }

    /// Puts keys and values, in turn, into the dictionary on top.
    private mutating func set(_ items: [Item]) throws {
        var target = try pop()
        guard case .dictionary(var entries) = target.value, items.count % 2 == 0 else {
            throw PickleProblem("its pickle fills what is no dictionary")
        }
        target.value = .none
        for place in stride(from: 0, to: items.count, by: 2) { entries.append((items[place].value, items[place + 1].value)) }
        push(.dictionary(entries), depth: max(target.depth, try depth(around: items)))
    }

    private mutating func remember(_ number: Int) throws {
        guard stack.count > marks.last ?? 0, let top = stack.last else { throw PickleProblem("its pickle remembers nothing") }
        memo[number] = top
    }

    private mutating func recall(_ number: Int) throws {
        guard let item = memo[number] else { throw PickleProblem("its pickle recalls what it has not remembered") }
        // Lists and dictionaries are filled after they are remembered, so that the remembered one is not the whole.
        switch item.value {
        case .dictionary: throw PickleProblem("a dictionary is in it twice")
        case .list(let values) where values.isEmpty: throw PickleProblem("a list is in it twice")
        default: stack.append(item)
        }
    }

    /// Stands for a file of numbers: ('storage', type, file, device, count).
    private mutating func storage() throws {
        guard case .list(let parts) = try pop().value, parts.count == 5, case .text("storage") = parts[0],
            case .global(let type) = parts[1], case .text(let key) = parts[2], case .integer(let count) = parts[4],
            type.hasPrefix("torch."), count >= 0
        else { throw PickleProblem("it refers to something that is no storage of a tensor") }
        push(.storage(TensorStorage(type: String(type.dropFirst(6)), key: key, count: count)))
    }

    /// Answers the calls of the three known functions.
    private mutating func reduce() throws {
        guard case .list(let arguments) = try pop().value, case .global(let name) = try pop().value else {
            throw PickleProblem("its pickle calls what is no function")
        }
        switch name {
        case "collections.OrderedDict" where arguments.isEmpty: push(.dictionary([]))
        case "torch._utils._rebuild_tensor_v2": push(.tensor(try tensor(arguments)))
        case "torch._utils._rebuild_parameter":
            guard let first = arguments.first, case .tensor = first else { throw PickleProblem("a parameter in it is no tensor") }
            push(first)
        default: throw PickleProblem("it holds an object of '\(name)'")
        }
    }

    private mutating func refuseObject() throws {
        _ = try pop()
        guard case .global(let name) = try pop().value else { throw PickleProblem("its pickle makes an object of what is no type") }
        throw PickleProblem("it holds an object of '\(name)'")
    }

    private func tensor(_ arguments: [PickledValue]) throws -> StridedTensor {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            let shape = Self.integers(arguments[2]), let strides = Self.integers(arguments[3]), shape.count == strides.count
        else { throw PickleProblem("a tensor in it is not described as torch does it") }
        return StridedTensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }

    private static func integers(_ value: PickledValue) -> [Int]? {
        guard case .list(let values) = value else { return nil }
        let numbers = values.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        return numbers.count == values.count ? numbers : nil
    }

    /// Attributes of an object: those of a dictionary of parameters only say its version.
    private mutating func build() throws {
        _ = try pop()
        guard case .dictionary = stack.last?.value, stack.count > marks.last ?? 0 else {
            throw PickleProblem("it holds an object with attributes")
        }
    }
}

/// What is wrong with a pickle.
struct PickleProblem: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }

    static let empty = PickleProblem("its pickle takes more than it has made")
}

/// Takes numbers and words off the front of a pickle, never beyond its end.
private struct PickleReader {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, place) = (bytes, bytes.startIndex) }

    mutating func byte() throws -> UInt8 {
        guard place < bytes.endIndex else { throw PickleProblem("its pickle was cut short") }
        defer { place += 1 }
        return bytes[place]
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - place else { throw PickleProblem("its pickle was cut short") }
        defer { place += count }
        return bytes[place..<(place + count)]
    }

    /// An unsigned number of at most 4 bytes, the lowest first.
    mutating func number(_ count: Int) throws -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A signed number of any length up to 8 bytes, the lowest first.
    mutating func signed(_ count: Int) throws -> Int {
        guard count <= 8 else { throw PickleProblem("it holds a number beyond 64 bits") }
        let digits = try take(count)
        let start: Int = digits.last.map { $0 >= 0x80 ? -1 : 0 } ?? 0
        return digits.reversed().reduce(start) { $0 << 8 | Int($1) }
    }

    /// A double, the highest byte first.
    mutating func real() throws -> Double {
        Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func text(_ count: Int) throws -> String { String(decoding: try take(count), as: UTF8.self) }

    /// The words up to the end of the line.
    mutating func line() throws -> String {
        guard let end = bytes[place...].firstIndex(of: 0x0A) else { throw PickleProblem("its pickle was cut short") }
        defer { place = end + 1 }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }
}

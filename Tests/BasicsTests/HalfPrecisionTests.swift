import BSBBasics
import Testing

@Suite struct HalfPrecisionTests {
    @Test func everyHalfComesBack() {
        for bits in UInt16.min...UInt16.max {
            let value = HalfPrecision.float(bits)
            if value.isNaN {
                #expect(HalfPrecision.float(HalfPrecision.bits(value)).isNaN)
            } else if HalfPrecision.bits(value) != bits {
                Issue.record("\(bits) became \(HalfPrecision.bits(value))")
            }
        }
    }

    @Test func knownValues() {
        let values: [(Float, UInt16)] = [
            (0, 0), (-0.0, 0x8000), (1, 0x3C00), (65504, 0x7BFF), (65519, 0x7BFF), (65520, 0x7C00), (1e30, 0x7C00),
            (0x1p-24, 1), (0x1p-25, 0), (0x1.8p-24, 2), (0x1p-14, 0x0400), (-0.1, 0xAE66), (2049, 0x6800), (2051, 0x6802),
        ]
        for (value, bits) in values { #expect(HalfPrecision.bits(value) == bits, "\(value)") }
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func roundsAsTheHardware() {
            var generator = SeededGenerator(seed: 2)
            for _ in 0..<20_000 {
                let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()) & 0xBFFF_FFFF | 0x2000_0000)
                if !value.isNaN, HalfPrecision.bits(value) != Float16(value).bitPattern { Issue.record("\(value)") }
            }
        }
    #endif
}

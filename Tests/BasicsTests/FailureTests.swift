import BSBBasics
import Testing

@Suite struct FailureTests {
    @Test func oneReadableLine() {
        let failure = Failure(.badInput, "reading the mesh", path: "a\nb.obj", reason: "line 3\r\nis odd", hint: "mend it")
        #expect(failure.description == "reading the mesh 'a b.obj': line 3 is odd (mend it)")
        #expect(Failure(.usage, "parsing", reason: "no").description == "parsing: no")
    }

    @Test func exitCodesAreThoseOfSysexits() {
        let kinds: [Failure.Kind] = [.usage, .badInput, .missingInput, .missingModel, .internal]
        #expect(kinds.map(\.exitCode) == [64, 65, 66, 69, 70])
    }
}

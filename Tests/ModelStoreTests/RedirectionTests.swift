import Foundation
import Testing

@testable import BSBModelStore

@Suite struct RedirectionTests {
    @Test(arguments: [
        ("https://a.org/x/y?z", "w", "https://a.org/x/w"), ("https://a.org/x/y", "/w?q=1", "https://a.org/w?q=1"),
        ("https://a.org/x", "//b.org/w", "https://b.org/w"), ("http://a.org/x", "HTTPS://b.org/w", "HTTPS://b.org/w"),
        ("http://a.org:81/x", "w", "http://a.org:81/w"), ("http://a.org/x", "http://b.org/w", "http://b.org/w"),
        ("https://a.org/x", "http://a.org/x", nil), ("https://a.org/x", "HTTP://a.org/x", nil),
        ("http://a.org/x", "file:///etc/passwd", nil), ("https://a.org/x", "data:,x", nil), ("https://a.org/x", "https:///x", nil),
    ]) func leadsOnlyToSafeWebAddresses(from: String, location: String, target: String?) throws {
        #expect(Redirection.target(of: location, from: try #require(URL(string: from)))?.absoluteString == target)
    }

    @Test(arguments: [
        ("https://a.org/x", "https://A.org/y", true), ("https://a.org/x", "https://b.org/x", false),
        ("https://a.org/x", "http://a.org/x", false), ("https://a.org/x", "https://a.org:444/x", false),
        ("https://a.org/x", "https://a.org.b.org/x", false),
    ]) func tokensStayOnOneServer(one: String, other: String, isSame: Bool) throws {
        #expect(Redirection.isSameServer(try #require(URL(string: one)), try #require(URL(string: other))) == isSame)
    }
}

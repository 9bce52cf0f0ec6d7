import BSBServing
import Foundation
import HTTPTypes
import Hummingbird

/// Stands in front of every address: who may ask, and what every answer says to browsers.
///
/// A server on a person's own machine can be reached by every page that the person opens. A page of another site gives itself away by
/// `Origin` and `Sec-Fetch-Site`, and one whose name was made to lead here (DNS rebinding) by `Host`.
struct Guard: RouterMiddleware {
    let options: StudioOptions

    func handle(
        _ request: Request, context: StudioContext, next: (Request, StudioContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try checkHost(request)
            try checkSite(request)
            if let welcome = try checkToken(request) {
                response = welcome
            } else {
                response = try await next(request, context)
            }
        } catch {
            response = Answers.failure(error)
            // What is still on its way of a body that is not wanted is not waited for.
            if response.status == .contentTooLarge || response.status == .requestTimeout {
                response.headers[.connection] = "close"
                context.closeConnection(after: .seconds(2))
            }
        }
        for (name, value) in Self.headers { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    /// What every answer says: no scripts but the page's own, no frames, no use by other sites, no guessing of types.
    private static let headers: [(HTTPField.Name, String)] = [
        (
            HTTPField.Name("Content-Security-Policy")!,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (HTTPField.Name("X-Content-Type-Options")!, "nosniff"),
        (HTTPField.Name("Referrer-Policy")!, "no-referrer"),
        (HTTPField.Name("Cross-Origin-Resource-Policy")!, "same-origin"),
        (HTTPField.Name("Cross-Origin-Opener-Policy")!, "same-origin"),
    ]

    /// Without a token only names of this machine are answered to, at whatever port: it may be forwarded.
    private func checkHost(_ request: Request) throws {
        guard options.token == nil else { return }
        let host = request.head.authority ?? ""
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        guard ["127.0.0.1", "localhost", "[::1]"].contains(name.lowercased()) else {
            throw Refusal(
                .foreignHost, "answering the request", reason: "it was sent to '\(host.prefix(100))', which is not this machine",
                hint: "open the address that the program printed")
        }
    }

    private func checkSite(_ request: Request) throws {
        let host = (request.head.authority ?? "").lowercased()
        let foreign = Refusal(.forbidden, "answering the request", reason: "it comes from a page of another site")
        if let origin = request.headers[.origin]?.lowercased() {
            guard origin == "http://\(host)" || origin == "https://\(host)" else { throw foreign }
        }
        guard let site = request.headers[Self.fetchSite], site != "same-origin", site != "none" else { return }
        // A link on another page may lead here, to the page itself and nothing else.
        let isLink =
            request.headers[Self.fetchMode] == "navigate" && request.method == .get && request.headers[Self.fetchDest] == "document"
        guard isLink, !request.uri.path.hasPrefix("/api/") else { throw foreign }
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    private static let fetchMode = HTTPField.Name("Sec-Fetch-Mode")!
    private static let fetchDest = HTTPField.Name("Sec-Fetch-Dest")!

    /// Throws without the token; gives the answer that has the browser keep it, where it came with the address.
    private func checkToken(_ request: Request) throws -> Response? {
        guard let token = options.token else { return nil }
        let name = "bsb-token"
        if request.uri.path == "/", let given = Routes.text("token", request), Self.isSame(given, token) {
            return Response(
                status: .seeOther, headers: [.location: "/", .setCookie: "\(name)=\(token); Path=/; HttpOnly; SameSite=Strict"])
        }
        let cookies = (request.headers[.cookie] ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
        let cookie = cookies.first { $0.hasPrefix("\(name)=") }?.dropFirst(name.count + 1)
        let header = request.headers[.authorization].flatMap { $0.hasPrefix("Bearer ") ? $0.dropFirst(7) : nil }
        guard let given = header ?? cookie, Self.isSame(String(given), token) else {
            throw Refusal(
                .unauthorized, "answering the request", reason: "the token is missing or wrong",
                hint: "open the address that the program printed, or send 'Authorization: Bearer TOKEN'")
        }
        return nil
    }

    /// Takes as long wherever two texts differ.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

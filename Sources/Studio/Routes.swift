import BSBServing
import Foundation
import HTTPTypes
import Hummingbird

/// One address of the interface and what it does.
package struct Route: Sendable {
    /// The method, in capitals.
    package let method: String
    /// The address, as docs/openapi.json writes it.
    package let path: String
    let act: @Sendable (Request, StudioContext) async throws -> Response

    init(_ method: HTTPRequest.Method, _ path: String, _ act: @escaping @Sendable (Request, StudioContext) async throws -> Response) {
        (self.method, self.path, self.act) = (method.rawValue, path, act)
    }
}

/// All addresses of the interface, which docs/openapi.json describes.
package struct Routes: Sendable {
    let service: Service
    let bodies: Bodies

    /// The addresses of a service.
    package init(_ service: Service) {
        self.service = service
        bodies = Bodies(service: service)
    }

    /// All of them.
    package var all: [Route] { [server, files, photos, meshes, questions, answers, results].flatMap { $0 } }

    private var server: [Route] {
        [
            Route(.get, "/api/health") { _, _ in try Answers.json(service.health) },
            Route(.get, "/api/version") { _, _ in try Answers.json(service.versionDocument) },
        ]
    }

    private var results: [Route] {
        [
            Route(.post, "/api/exports") { request, _ in
                let wanted = try await bodies.value(ExportRequest.self, request)
                return Answers.download(try await service.export(wanted), type: "application/zip", name: "parts.zip")
            },
            Route(.post, "/api/projects/save") { request, _ in
                let wanted = try await bodies.value(ProjectRequest.self, request)
                return Answers.download(try await service.save(wanted), type: "application/zip", name: "project.zip")
            },
            Route(.post, "/api/projects/load") { request, _ in
                let data = try await bodies.data(request, limit: service.limits.uploadBytes)
                return try Answers.json(try await service.load(data), .created)
            },
        ]
    }

    // MARK: What addresses say

    /// The id in an address.
    ///
    /// Throws `Refusal(.unknown)` for what is none.
    static func id(_ name: String, _ context: StudioContext) throws -> Identifier {
        let text = context.parameters.get(name) ?? ""
        guard let id = Identifier(text) else {
            throw Refusal(
                .unknown, "looking for the \(name)", reason: "'\(text.prefix(40))' is no id", hint: "an id has 32 hexadecimal digits")
        }
        return id
    }

    /// A whole number in the query.
    ///
    /// Throws `Refusal(.usage)` for one outside the range, or none.
    static func number(_ name: String, in range: ClosedRange<Int>, _ request: Request) throws -> Int? {
        guard let text = text(name, request) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(
                .usage, "reading the request", reason: "'\(name)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A text in the query, in which browsers write blanks as `+`.
    static func text(_ name: String, _ request: Request) -> String? {
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { half in
                let plain = half.replacingOccurrences(of: "+", with: " ")
                return plain.removingPercentEncoding ?? plain
            }
            if halves[0] == name { return halves.count > 1 ? halves[1] : "" }
        }
        return nil
    }

    /// An id in the query.
    ///
    /// Throws `Refusal(.usage)` for what is none.
    static func id(query name: String, _ request: Request) throws -> Identifier? {
        guard let text = text(name, request) else { return nil }
        guard let id = Identifier(text) else { throw Refusal(.usage, "reading the request", reason: "'\(name)' is no id") }
        return id
    }
}

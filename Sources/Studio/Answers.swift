import BSBBasics
import BSBServing
import BSBWorkbench
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What goes back over HTTP.
enum Answers {
    /// A value as JSON.
    ///
    /// Throws `Failure(.internal)` for one that has none.
    static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
        bytes(try JSONText.data(value, pretty: false), type: "application/json", status)
    }

    /// Bytes of a type.
    static func bytes(_ data: Data, type: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// Bytes that browsers keep as a file rather than show.
    static func download(_ data: Data, type: String, name: String) -> Response {
        var response = bytes(data, type: type)
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }

    /// Nothing.
    static let none = Response(status: .noContent)

    /// What says why something cannot be done.
    static func failure(_ error: any Error) -> Response {
        let http = error as? HTTPError
        let document = http.map(FailureDocument.init(http:)) ?? FailureDocument(error)
        let status = http?.status ?? status(document.code)
        let body = (try? JSONText.data(["error": document], pretty: false)) ?? Data()
        var response = bytes(body, type: "application/json", status)
        if let allowed = http?.headers[.allow] { response.headers[.allow] = allowed }
        return response
    }

    private static func status(_ code: Refusal.Code) -> HTTPResponse.Status {
        switch code {
        case .usage: .badRequest
        case .badInput: .unprocessableContent
        case .missingInput, .unknown: .notFound
        case .missingModel: .serviceUnavailable
        case .internal: .internalServerError
        case .forbidden: .forbidden
        case .tooLarge: .contentTooLarge
        case .tooMany: .tooManyRequests
        case .withdrawn: .conflict
        case .unauthorized: .unauthorized
        case .foreignHost: .misdirectedRequest
        }
    }

    /// The type of a file by its name.
    static func type(of name: String) -> String {
        switch (name as NSString).pathExtension {
        case "png": "image/png"
        case "json": "application/json"
        case "glb": "model/gltf-binary"
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }

    /// The type of a picture by its first bytes, for those that browsers show.
    static func type(ofPicture data: Data) -> String {
        let head = [UInt8](data.prefix(12))
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if head.starts(with: Array("RIFF".utf8)), head.suffix(4) == Array("WEBP".utf8) { return "image/webp" }
        return "application/octet-stream"
    }
}

extension FailureDocument {
    /// The document of what the router says.
    fileprivate init(http error: HTTPError) {
        let (code, reason): (Refusal.Code, String) =
            switch error.status {
            case .notFound: (.unknown, "there is nothing at this address")
            case .methodNotAllowed: (.usage, "this address does not take the method")
            default: (.usage, error.body ?? error.status.reasonPhrase)
            }
        self.init(Refusal(code, "answering the request", reason: reason, hint: "docs/api.md lists the addresses"))
    }
}

import BSBBasics
import Foundation
import Hummingbird

/// The files of the page, all in memory: what is not among them cannot be asked for.
struct PageFiles: Sendable {
    private let files: [String: Data]

    /// Reads the page that is installed with the program.
    ///
    /// Throws `Failure(.missingInput)` if it is not there.
    init() throws {
        let places = ResourceFolder.places(of: "Page", target: "Studio")
        guard let folder = places.first(where: { FileManager.default.fileExists(atPath: "\($0)/index.html") }) else {
            throw Failure(
                .missingInput, "opening the studio's page", path: places.first, reason: "it is not there",
                hint: "keep the folder \(ResourceFolder.bundleName("Studio")) beside the program")
        }
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            files["/\(name)"] = try AtomicFile.readFile(path, operation: "opening the studio's page")
        }
        self.files = files
    }

    /// The file at an address; the page itself at `/`.
    ///
    /// Throws `HTTPError(.notFound)`.
    func response(_ request: Request) throws -> Response {
        let path = request.uri.path == "/" ? "/index.html" : request.uri.path
        guard request.method == .get || request.method == .head else { throw HTTPError(.methodNotAllowed) }
        guard let data = files[path] else { throw HTTPError(.notFound) }
        var response = Answers.bytes(data, type: Answers.type(of: path))
        response.headers[.cacheControl] = "no-cache"
        return response
    }
}

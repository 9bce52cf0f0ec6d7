import BSBBasics
import BSBServing

/// Where the studio listens.
package struct StudioOptions: Sendable {
    /// The address that it is bound to.
    package var host: String
    /// The port; 0 for any that is free.
    package var port: Int
    /// What every request must carry where other machines can reach it; nil where none can.
    package var token: String?

    /// The port unless told otherwise.
    package static let usualPort = 7272

    /// On this machine alone, unless an address is given to listen on: then a token is made, that every request must carry.
    package init(listen: String? = nil, port: Int = usualPort) {
        host = listen ?? "127.0.0.1"
        self.port = port
        token = listen == nil ? nil : Identifier().description
    }

    /// The address to open, at the port that it was bound to.
    package func address(port: Int) -> String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "http://\(name):\(port)/" + (token.map { "?token=\($0)" } ?? "")
    }
}

import BSBBasics
import BSBServing
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The studio: the service over HTTP, and the page that uses it.
package struct StudioServer: Sendable {
    private let service: BSBServing.Service
    private let options: StudioOptions
    private let page: PageFiles

    /// How long requests that are being answered may keep the program from ending.
    private static let farewell = Duration.milliseconds(700)
    /// Connections at once: a browser has six for a tab.
    private static let connections = 256
    /// How long a connection may say nothing.
    private static let idle = TimeAmount.seconds(30)

    /// A server of a service.
    ///
    /// Throws `Failure(.missingInput)` if the page is not installed with the program.
    package init(_ service: BSBServing.Service, _ options: StudioOptions) throws {
        (self.service, self.options) = (service, options)
        page = try PageFiles()
    }

    /// Serves until the program is told to end (SIGINT, SIGTERM), and then no longer than a moment; `ready` is told the address to open.
    ///
    /// Throws `Failure(.usage)` where it cannot listen.
    package func run(ready: @escaping @Sendable (String) -> Void) async throws {
        let (ends, end) = AsyncStream<Result<Void, any Error>>.makeStream()
        let application = Application(
            router: router, server: .http1(configuration: .init(idleTimeout: Self.idle)),
            configuration: .init(
                address: .hostname(options.host, port: options.port), serverName: "bsb",
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections, logger: Self.silence)),
            onServerRunning: { channel in ready(options.address(port: channel.localAddress?.port ?? options.port)) },
            logger: Self.silence)
        // The last service is told first that the program ends: open questions then do not keep the server.
        let farewell = Farewell {
            service.close()
            Task {
                try? await Task.sleep(for: Self.farewell)
                end.yield(.success(()))
            }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [application, farewell], gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.silence))
        Task {
            do {
                try await group.run()
                end.yield(.success(()))
            } catch {
                end.yield(.failure(error))
            }
        }
        defer { service.close() }
        for await outcome in ends {
            do { return try outcome.get() } catch { throw cannotListen(error) }
        }
    }

    /// The methods that an address may be asked by; what it does not take is refused by name.
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]

    private static let silence = Logger(label: "bsb") { _ in SwiftLogNoOpLogHandler() }

    private var router: Router<StudioContext> {
        let router = Router(context: StudioContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Guard(options: options))
        let routes = Routes(service).all
        for route in routes {
            router.on(RouterPath(route.path), method: .init(rawValue: route.method)!) { request, context in
                try await route.act(request, context)
            }
        }
        for (path, those) in Dictionary(grouping: routes, by: \.path) {
            let allowed = Set(those.map(\.method) + (those.contains { $0.method == "GET" } ? ["HEAD"] : []))
            for method in Self.methods where !allowed.contains(method.rawValue) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw HTTPError(.methodNotAllowed, headers: [.allow: allowed.sorted().joined(separator: ", ")])
                }
            }
        }
        router.get("/**") { [page] request, _ in try page.response(request) }
        router.get("/") { [page] request, _ in try page.response(request) }
        return router
    }

    private func cannotListen(_ error: any Error) -> any Error {
        if error is Failure || error is CancellationError { return error }
        return Failure(
            .usage, "starting the studio", reason: "it cannot listen at \(options.host), port \(options.port): \(error)",
            hint: "choose another with --port, or any that is free with --port 0")
    }
}

/// Waits for the program to be told to end.
private struct Farewell: ServiceLifecycle.Service {
    let act: @Sendable () -> Void

    func run() async throws {
        try await gracefulShutdown()
        act()
    }
}

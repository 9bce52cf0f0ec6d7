import Basics
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request whose answer is taken piece by piece, given up when nothing comes for a while.
///
/// Redirects are not followed but returned, since each hop decides anew what may be told to the next server.
final class HTTPTransfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    // Unchecked: everything that changes is guarded by `condition`.

    /// Why a transfer ended early.
    struct Interruption: Error {
        var reason: String
    }

    private let request: URLRequest
    private let stallSeconds: Double
    private let accept: @Sendable (HTTPURLResponse) throws -> Void
    private let receive: @Sendable (Data) throws -> Void
    private let condition = NSCondition()
    private var response: HTTPURLResponse?
    private var error: (any Error)?
    private var isDone = false
    private var lastActivity = Date()

    /// A transfer; `accept` sees the head of the answer and may throw to end it, `receive` sees the pieces of the body.
    init(
        _ request: URLRequest, stallSeconds: Double, accept: @escaping @Sendable (HTTPURLResponse) throws -> Void = { _ in },
        receive: @escaping @Sendable (Data) throws -> Void = { _ in }
    ) {
        self.request = request
        self.stallSeconds = stallSeconds
        self.accept = accept
        self.receive = receive
    }

    /// Runs the request to its end and returns the head of the answer.
    ///
    /// Throws what `accept` or `receive` throws, or `Interruption` if the connection fails.
    func run() throws -> HTTPURLResponse {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        configuration.timeoutIntervalForRequest = max(60, 2 * stallSeconds)
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
        let task = session.dataTask(with: request)
        task.resume()
        defer { session.invalidateAndCancel() }
        condition.lock()
        defer { condition.unlock() }
        while !isDone {
            _ = condition.wait(until: Date().addingTimeInterval(0.1))
            if !isDone, Date().timeIntervalSince(lastActivity) > stallSeconds {
                task.cancel()
                throw Interruption(reason: "nothing came for \(Int(stallSeconds.rounded(.up))) s")
            }
        }
        if let error { throw (error as? Failure) ?? (error as? Interruption) ?? Interruption(reason: error.localizedDescription) }
        guard let response else { throw Interruption(reason: "the server gave no answer") }
        return response
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        // FoundationNetworking ends a task without its answer when a redirect is declined, so the answer is kept here.
        finish(response: response)
        completionHandler(nil)
        task.cancel()
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        condition.lock()
        lastActivity = Date()
        self.response = self.response ?? response as? HTTPURLResponse
        let head = isDone ? nil : self.response
        condition.unlock()
        do {
            if let head { try accept(head) }
            completionHandler(.allow)
        } catch {
            finish(error: error)
            completionHandler(.cancel)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        condition.lock()
        lastActivity = Date()
        let isLate = isDone
        condition.unlock()
        guard !isLate else { return }
        do { try receive(data) } catch {
            finish(error: error)
            dataTask.cancel()
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        finish(error: error)
    }

    private func finish(response: HTTPURLResponse? = nil, error: (any Error)? = nil) {
        condition.lock()
        defer { condition.unlock() }
        guard !isDone else { return }
        if let response { self.response = response }
        self.error = error
        isDone = true
        condition.signal()
    }
}

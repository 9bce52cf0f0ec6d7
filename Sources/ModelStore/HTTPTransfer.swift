import BSBBasics
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request whose answer is taken piece by piece, given up when nothing comes for a while.
///
/// Redirects are not followed but returned, since each hop decides anew what may be told to the next server.
///
/// FoundationNetworking traps if a task is cancelled between a redirection and the answer to its question whether to follow. So a task is
/// cancelled only once an answer that is no redirection has begun; before that it is left alone, to end or to time out by itself.
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
    /// Whether `accept` or `receive` is at work.
    private var isBusy = false
    private var lastActivity = Date()

    /// A transfer; `accept` sees the head of an answer with the file and may throw to end it, `receive` sees the pieces of the file.
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
        session.dataTask(with: request).resume()
        session.finishTasksAndInvalidate()
        condition.lock()
        defer { condition.unlock() }
        while !isDone {
            _ = condition.wait(until: Date().addingTimeInterval(0.1))
            if !isDone, !isBusy, Date().timeIntervalSince(lastActivity) > stallSeconds {
                isDone = true
                error = Interruption(reason: "nothing came for \(Int(stallSeconds.rounded(.up))) s")
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
        // Kept here, since not every FoundationNetworking reports the answer again when its redirection is declined.
        condition.lock()
        lastActivity = Date()
        self.response = response
        condition.unlock()
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        // FoundationNetworking takes no notice of the disposition, hence `cancel`.
        completionHandler(.allow)
        handle(dataTask) {
            self.response = self.response ?? response as? HTTPURLResponse
            guard let head = self.response, head.hasFile else { return nil }
            return { try self.accept(head) }
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        handle(dataTask) {
            guard self.response?.hasFile == true else { return nil }
            return { try self.receive(data) }
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        finish(error: error)
    }

    /// Does what `work`, asked while everything is locked, wants to be done unlocked; an error ends the transfer, as does its being over.
    private func handle(_ task: URLSessionTask, _ work: () -> (() throws -> Void)?) {
        condition.lock()
        lastActivity = Date()
        let isLate = isDone
        let work = isLate ? nil : work()
        isBusy = work != nil
        condition.unlock()
        do { try work?() } catch { finish(error: error) }
        condition.lock()
        isBusy = false
        lastActivity = Date()
        // Not for a redirection's own body, after which the task ends anyway.
        let isOver = isDone && response?.isRedirection != true
        condition.unlock()
        if isOver { task.cancel() }
    }

    private func finish(error: (any Error)?) {
        condition.lock()
        defer { condition.unlock() }
        guard !isDone else { return }
        self.error = error
        isDone = true
        condition.signal()
    }
}

extension HTTPURLResponse {
    /// Whether the body is what was asked for, not a page that says why it is not.
    var hasFile: Bool { (200..<300).contains(statusCode) }

    /// Whether the answer leads elsewhere.
    var isRedirection: Bool { (300..<400).contains(statusCode) }
}

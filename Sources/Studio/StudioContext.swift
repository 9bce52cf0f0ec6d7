import Hummingbird
import NIOCore

/// What is known of a request beside what it says: the connection that it came by.
struct StudioContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Closes the connection after so long, whatever is on it by then.
    @discardableResult
    func closeConnection(after delay: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: delay) { [channel] in channel.close(promise: nil) }
    }
}

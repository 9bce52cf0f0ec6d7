import Foundation

/// How much memory the process may still take.
package enum FreeMemory {
    /// Bytes that can be had before a limit of the process, its group or the machine; nil where the system tells nothing.
    package static var bytes: Int? {
        [underProcessLimit, underGroupLimit, ofMachine].compactMap { $0 }.min()
    }

    /// What the limit on the address space (`ulimit -v`) leaves.
    private static var underProcessLimit: Int? {
        var limit = rlimit()
        #if canImport(Glibc)
            guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
        #else
            guard getrlimit(RLIMIT_AS, &limit) == 0 else { return nil }
        #endif
        guard let most = Int(exactly: limit.rlim_cur), most < Int.max / 2,
            let pages = text("/proc/self/statm")?.split(separator: " ").first.flatMap({ Int($0) })
        else { return nil }
        return max(0, most - pages * Int(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// What the limit of a control group, such as a container's, leaves.
    private static var underGroupLimit: Int? {
        guard let most = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current") else { return nil }
        return max(0, most - used)
    }

    private static var ofMachine: Int? {
        let line = text("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { 1024 * $0 }
    }

    private static func number(_ path: String) -> Int? {
        text(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}

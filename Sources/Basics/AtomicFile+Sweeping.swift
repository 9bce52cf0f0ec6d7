import Foundation

extension AtomicFile {
    /// Removes what writers that were killed left in a folder: their temporary files, told by the number of a process that is no more.
    ///
    /// Nothing is thrown: leftovers harm nobody.
    package static func sweep(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard let match = name.wholeMatch(of: /\.partial-([0-9]+)-[0-9]+/), let process = pid_t(match.output.1), process != getpid()
            else { continue }
            if kill(process, 0) != 0, errno == ESRCH { unlink("\(folder)/\(name)") }
        }
    }
}

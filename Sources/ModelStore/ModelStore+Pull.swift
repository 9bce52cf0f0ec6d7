import BSBBasics
import Foundation

/// What is told to the user while models are fetched.
package struct PullReporter: Sendable {
    /// How far a file is; called often.
    package var progress: @Sendable (DownloadProgress) -> Void
    /// Something worth a line.
    package var message: @Sendable (String) -> Void

    /// A reporter that tells nothing unless given something to call.
    package init(
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }, message: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.progress = progress
        self.message = message
    }
}

extension ModelStore {
    /// Fetches what is missing of a model, and checks all of it.
    ///
    /// - Parameters:
    ///   - name: the model's name in the catalogue.
    ///   - repin: whether files of another content than was pinned are taken over.
    ///   - options: how patient downloads are.
    ///   - reporter: told how far it is, and of every hash that is pinned.
    /// - Throws: `Failure` if a file cannot be had or is not what it should be.
    package func pull(
        _ name: String, repin: Bool = false, options: DownloadOptions = DownloadOptions(), reporter: PullReporter = PullReporter()
    ) throws -> Located {
        let entry = try catalogue.entry(name)
        guard !entry.files.isEmpty else { throw unavailable(entry) }
        if repin { try PinBook.update(environment.pins) { book in for file in entry.files { book.set(name, file.path, nil) } } }
        for file in entry.files {
            let pins = try PinBook(contentsOf: environment.pins)
            let isHere = place(of: file, in: entry, pins: pins) != nil
            if !isHere || repin, entry.source != nil {
                try fetch(file, of: entry, pin: pins[name, file.path], options, reporter)
            }
            if let path = place(of: file, in: entry, pins: try PinBook(contentsOf: environment.pins)) {
                try pin(file, at: path, of: entry, commit: nil, reporter)
            }
        }
        return try locate(name)
    }

    /// Takes files that are at hand as those of a model, by their names or, if the model has one file, by being the only one.
    ///
    /// The files are copied, never moved. Throws `Failure` if a file is none of the model's or is not what it should be.
    package func take(_ paths: [String], for name: String, reporter: PullReporter = PullReporter()) throws {
        let entry = try catalogue.entry(name)
        for path in paths {
            let base = (path as NSString).lastPathComponent
            let named = entry.files.first { ($0.path as NSString).lastPathComponent == base }
            guard let file = named ?? (entry.files.count == 1 && paths.count == 1 ? entry.files[0] : nil) else {
                let names = entry.files.map { ($0.path as NSString).lastPathComponent }.joined(separator: ", ")
                throw Failure(
                    .usage, "taking a file for \(name)", path: path, reason: "the model has no file of this name",
                    hint: names.isEmpty ? "use 'bsb models add'" : "its files are \(names)")
            }
            let known = Known(file, pin: try PinBook(contentsOf: environment.pins)[name, file.path])
            _ = try check(path, known, of: entry)
            try copy(path, to: ownPlace(of: file, in: entry))
            try pin(file, at: ownPlace(of: file, in: entry), of: entry, commit: nil, reporter)
        }
    }

    private func fetch(
        _ file: CatalogueEntry.File, of entry: CatalogueEntry, pin: PinBook.Pin?, _ options: DownloadOptions, _ reporter: PullReporter
    ) throws {
        let known = Known(file, pin: pin)
        guard !environment.isOffline else { throw missing(file, known, of: entry) }
        let report = { @Sendable (done: Int64, total: Int64?) in
            reporter.progress(DownloadProgress(file: file.path, done: done, total: total))
        }
        if let repository = repository(of: entry, pin: pin) {
            let downloader = Downloader(options: options, token: environment.token)
            try fetch(file, from: repository, of: entry, known, downloader, report, reporter)
        } else if let base = entry.source?.url {
            let place = ownPlace(of: file, in: entry)
            let lock = try FileLock("\(place).lock") { reporter.message("waiting for another program that fetches \(file.path)") }
            defer { withExtendedLifetime(lock) {} }
            if FileManager.default.fileExists(atPath: place) { return }
            let downloader = Downloader(options: options, token: nil)
            try downloader.fetch("\(base)/\(file.path)", to: "\(place).incomplete", bytes: known.bytes, progress: report)
            try accept("\(place).incomplete", known, as: place, of: entry)
        }
    }

    private func fetch(
        _ file: CatalogueEntry.File, from repository: HubRepository, of entry: CatalogueEntry, _ known: Known, _ downloader: Downloader,
        _ report: @escaping @Sendable (Int64, Int64?) -> Void, _ reporter: PullReporter
    ) throws {
        let address = repository.address(of: file.path)
        let head = try downloader.head(of: address)
        guard let commit = head.commit ?? repository.commit else {
            throw Failure(
                .badInput, Downloader.operation, path: address, reason: "the server is not a hub of models (it names no commit)",
                hint: "is HF_ENDPOINT right?")
        }
        var known = known
        known.bytes = known.bytes ?? head.bytes
        // For large files the hub's tag is the SHA-256 of the content.
        let tag = head.tag ?? known.sha256 ?? ContentHash(of: Data(address.utf8)).hex
        if isHash(tag), head.tag != nil {
            if let expected = known.sha256, expected != tag {
                throw Failure(
                    .badInput, Downloader.operation, path: address,
                    reason: "the server has another file than is known by this name (SHA-256 differs)",
                    hint: "'bsb models pull \(entry.name) --repin' takes it over, if the hash was pinned and not listed")
            }
            known.sha256 = tag
        }
        let content = "\(repository.blobs)/\(tag)"
        let lock = try FileLock(repository.lock(tag: tag)) { reporter.message("waiting for another program that fetches \(file.path)") }
        defer { withExtendedLifetime(lock) {} }
        if !FileManager.default.fileExists(atPath: content) {
            try downloader.fetch(address, to: "\(content).incomplete", bytes: known.bytes, progress: report)
            try accept("\(content).incomplete", known, as: content, of: entry)
        }
        try repository.link(file.path, tag: tag, commit: commit)
        try pin(file, at: content, of: entry, commit: commit, reporter)
    }

    /// Gives a fetched file its name if it is what it should be; otherwise it is removed, so that the next try starts anew.
    private func accept(_ path: String, _ known: Known, as place: String, of entry: CatalogueEntry) throws {
        do { _ = try check(path, known, of: entry) } catch {
            try? FileManager.default.removeItem(atPath: path)
            guard var failure = error as? Failure else { throw error }
            failure.operation = Downloader.operation
            failure.hint = "the file was thrown away; it may have been damaged on its way"
            throw failure
        }
        guard rename(path, place) == 0 else {
            throw Failure(.internal, "keeping the model", path: place, reason: String(cString: strerror(errno)))
        }
    }

    /// Remembers the content of a file of which nothing was known, and says so.
    private func pin(
        _ file: CatalogueEntry.File, at path: String, of entry: CatalogueEntry, commit: String?, _ reporter: PullReporter
    ) throws {
        guard file.sha256 == nil, try PinBook(contentsOf: environment.pins)[entry.name, file.path] == nil else { return }
        let hash = try ContentHash(ofFile: path, operation: "checking the model").hex
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let size = (try? FileManager.default.attributesOfItem(atPath: real))?[.size] as? NSNumber
        try PinBook.update(environment.pins) {
            $0.set(entry.name, file.path, PinBook.Pin(sha256: hash, bytes: size?.int64Value ?? 0, commit: commit))
        }
        reporter.message("\(entry.name): no hash of \(file.path) was known; its SHA-256 \(hash) is pinned from now on")
    }

    private func copy(_ path: String, to place: String) throws {
        guard let source = FileHandle(forReadingAtPath: path) else {
            throw Failure(.missingInput, "taking a file", path: path, reason: "it cannot be opened")
        }
        defer { try? source.close() }
        let writer = try AtomicFileWriter(path: place, operation: "keeping the model")
        do {
            while let piece = try source.read(upToCount: 4 << 20), !piece.isEmpty { try writer.append(piece) }
        } catch let error where !(error is Failure) {
            throw Failure(.missingInput, "taking a file", path: path, reason: "it cannot be read: \(error.localizedDescription)")
        }
        try writer.commit()
    }
}

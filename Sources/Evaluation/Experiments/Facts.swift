/// What is found out, by the keys of a JSON object; what is nil is left out.
package struct Facts: Sendable, Encodable, ExpressibleByDictionaryLiteral {
    private var values: [String: any Encodable & Sendable]

    package init(dictionaryLiteral facts: (String, (any Encodable & Sendable)?)...) {
        values = [:]
        for (key, value) in facts { values[key] = value }
    }

    /// Facts, and means over records with their intervals, each of what records have of a value; whole clusters are resampled.
    init<Record>(
        _ facts: Facts = [:], of records: [Record], by cluster: (Record) -> some Hashable,
        _ means: KeyValuePairs<String, (Record) -> Double?>
    ) {
        self = facts
        for (key, value) in means { self[key] = records.estimate(by: cluster, value) }
    }

    /// A fact of any kind; nil where there is none.
    package subscript<Value: Encodable & Sendable>(key: String) -> Value? {
        get { values[key] as? Value }
        set { values[key] = newValue }
    }

    /// A mean; nil where no record has the value.
    package subscript(key: String) -> Estimate? {
        get { values[key] as? Estimate }
        set { values[key] = newValue }
    }

    /// These facts and others.
    func adding(_ others: Facts) -> Facts {
        var all = self
        all.values.merge(others.values) { _, new in new }
        return all
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (key, value) in values { try container.encode(value, forKey: Name(stringValue: key)) }
    }
}

extension Facts {
    /// How well a way answers questions whose right answers are known.
    ///
    /// `success` is the share of right answers, where none counts as wrong; `coverage` the share of questions with an answer; `precision` the
    /// share of right answers among answers; `lead` the success of what the way is compared with less its own, question by question.
    /// - Parameter right: 1 for a right answer, 0 for a wrong one or none; for chance, how likely a right one is.
    /// - Parameter isGiven: whether there is an answer; nil for what always has one.
    static func score<Record>(
        _ names: Facts, of records: [Record], by cluster: (Record) -> some Hashable, right: @escaping (Record) -> Double,
        isGiven: @escaping (Record) -> Bool?, standard: ((Record) -> Double?)? = nil
    ) -> Facts {
        Facts(
            names, of: records, by: cluster,
            [
                "success": right, "coverage": { isGiven($0).map { $0 ? 1 : 0 } }, "precision": { isGiven($0) == true ? right($0) : nil },
                "lead": { record in standard?(record).map { $0 - right(record) } },
            ])
    }
}

extension Sequence {
    /// The mean of a value of each element that has one, with its interval: whole clusters are resampled.
    func estimate<Cluster: Hashable>(by cluster: (Element) -> Cluster, _ value: (Element) -> Double?) -> Estimate? {
        let known = compactMap { element in value(element).map { (value: $0, cluster: cluster(element)) } }
        return Bootstrap().mean(of: known.map(\.value), clusters: known.map(\.cluster))
    }

    /// The elements that have something in common, each group in the order of the sequence, by what it is.
    func grouped<Name: Comparable & Hashable>(by name: (Element) -> Name) -> [(name: Name, members: [Element])] {
        Dictionary(grouping: self, by: name).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

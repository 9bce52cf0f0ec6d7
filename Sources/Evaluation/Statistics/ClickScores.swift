extension Summary {
    /// `summary.json`: how often clicks are answered on the right part.
    ///
    /// The main numbers are of the `samples` whose part the target has, in so many `photos`, on so many `meshes`. Clicks in one photo are not
    /// independent, so whole photos are resampled.
    /// - `methods`: the scores of all methods; `lead` is the success of the default less that of the method, and `successOverMeshes` the mean
    ///   over meshes of the success on each, resampled by mesh.
    /// - `ruleOverNearest`: what the rule of segments brings on these features: success of BSB as published less that of the nearest vertex,
    ///   sample by sample; `ruleOrNearestOverNearest` the same with the nearest vertex where BSB has no answer.
    /// - `segmentIoU`: area-weighted IoU of the default's 3D segment with the labelled part, where there is an answer; `segmentIoUOverAll` with 0
    ///   where there is none; `pieceIoU` with the connected piece of the part.
    /// - `partMaskIoU`: IoU of the 2D part mask with the pixels that show the part.
    /// - `absentParts`: of clicks on parts that the target lacks the share that the default rightly leaves without an answer.
    /// - `categories`, `parts`, `partSizes`: by category, by part of each, and by the part's share of the vertices the `success` of each method;
    ///   of the default `coverage`, `precision`, `segmentIoU` and `pieceIoU` too.
    ///
    /// Complexity: O(resamples x samples) for each number.
    init(of records: [SampleRecord], options: EvaluationOptions) {
        let main = records.filter(\.partExists)
        let names = Set(main.flatMap(\.answers.keys))
        let others = names.subtracting(Method.allCases.map(\.rawValue)).sorted().map { (key: $0, title: $0) }
        let ours = Method.allCases.filter { names.contains($0.rawValue) }.map { (key: $0.rawValue, title: $0.title) }
        let methods = main.isEmpty ? [] : ours + others + [(Method.chance.rawValue, Method.chance.title)]
        func mean(_ value: (SampleRecord) -> Double?) -> Estimate? { main.estimate(by: \.photo, value) }
        func groups(_ members: [SampleRecord], by name: (SampleRecord) -> String) -> [Facts] {
            members.grouped(by: name).map { $1.group($0, methods.map(\.key)) }
        }
        let scores = methods.map { main.score($0.key, title: $0.title) }
        let sizes = PartSize.allCases.flatMap { size in
            groups(main.filter { PartSize(share: $0.partShare) == size }) { _ in size.rawValue }
        }
        let nearest = Method.nearestVertex.rawValue
        let absent = records.filter { !$0.partExists }
        let (photos, meshes) = (Set(main.map(\.photo)).count, Set(main.map(\.target)).count)
        let facts: Facts = [
            "options": options, "samples": main.count, "photos": photos, "meshes": meshes, "methods": scores,
            "categories": groups(main) { $0.category }, "parts": groups(main) { "\($0.category)/\($0.click.part)" }, "partSizes": sizes,
            "ruleOverNearest": mean { $0.lead(of: .bsb, over: nearest) },
            "ruleOrNearestOverNearest": mean { $0.lead(of: .bsbOrNearest, over: nearest) },
            "segmentIoU": mean(\.segmentIoU), "segmentIoUOverAll": options.segments ? mean { $0.segmentIoU ?? 0 } : nil,
            "pieceIoU": mean(\.pieceIoU), "partMaskIoU": mean(\.partMaskIoU),
            "absentParts": absent.estimate(by: \.photo) { $0.answers[Method.standard.rawValue].map { $0.isGiven ? 0 : 1 } },
        ]
        let beside = [
            ("ruleOverNearest", "BSB as published leads the nearest vertex by"),
            ("ruleOrNearestOverNearest", "BSB, else nearest vertex, leads the nearest vertex by"),
            ("segmentIoU", "IoU of the 3D segment with the labelled part"),
            ("pieceIoU", "IoU of the 3D segment with the piece that it is on"),
            ("partMaskIoU", "IoU of the 2D part mask with the visible part"),
            ("absentParts", "Parts that the mesh lacks: rightly no answer"),
        ].compactMap { key, title in facts[key].map { [title, $0.cell, "\($0.n)"] } }
        let compared: [(Method, String)] = [
            (.standard, "default"), (.bsb, "BSB as published"), (.nearestVertex, "nearest vertex"), (.chance, "chance"),
        ]
        self.init(
            schema: 2, facts, "\(options.protocolKind.rawValue) shape: \(main.count) samples, \(photos) photos, \(meshes) meshes",
            Markdown.table(
                [
                    .name("title", "method"), .mean("success", "success [95 %]"), .share("coverage", "answers"),
                    .share("precision", "precision"),
                    .mean("lead", "default leads by [95 %]"),
                ], scores),
            beside.isEmpty ? nil : Markdown.table(["beside", "mean [95 %]", "n"], beside),
            Markdown.table(
                [.name("name", "share of the vertices"), .count("n", "n")]
                    + compared.map { method, heading in Column(heading) { $0.success(of: method).cell } }, sizes))
    }
}

extension Facts {
    /// The success of a method in a group.
    func success(of method: Method) -> Estimate? { (self["success"] as [String: Estimate]?)?[method.rawValue] }
}

extension SampleRecord {
    /// 1 for a right answer of a method, else 0; for chance, the share of vertices that are right.
    fileprivate func success(of method: String) -> Double {
        method == Method.chance.rawValue ? partShare : answers[method]?.correct == true ? 1 : 0
    }

    /// The success of a method less that of another.
    fileprivate func lead(of leader: Method, over method: String) -> Double? {
        answers[leader.rawValue].map { ($0.correct ? 1 : 0) - success(of: method) }
    }
}

extension [SampleRecord] {
    /// The score of a method.
    fileprivate func score(_ method: String, title: String) -> Facts {
        let standard = Method.standard.rawValue
        var score = Facts.score(
            ["method": method, "title": title], of: self, by: \.photo, right: { $0.success(of: method) },
            isGiven: { $0.answers[method]?.isGiven },
            standard: method == standard ? nil : { $0.answers[standard].map { $0.correct ? 1 : 0 } })
        let meshes = grouped(by: \.target).map { $1.reduce(0) { $0 + $1.success(of: method) } / Double($1.count) }
        score["successOverMeshes"] = Bootstrap().mean(of: meshes, clusters: [Int](meshes.indices))
        return score
    }

    /// What methods come to on samples that have something in common.
    fileprivate func group(_ name: String, _ methods: [String]) -> Facts {
        let standard = score(Method.standard.rawValue, title: "")
        var success: [String: Estimate] = [:]
        for method in methods { success[method] = estimate(by: \.photo) { $0.success(of: method) } }
        return Facts(
            [
                "name": name, "n": count, "success": success, "coverage": standard["coverage"] as Estimate?,
                "precision": standard["precision"] as Estimate?,
            ], of: self, by: \.photo, ["segmentIoU": \.segmentIoU, "pieceIoU": \.pieceIoU])
    }
}

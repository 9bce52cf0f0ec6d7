import BSBServing
import BSBWorkbench
import Foundation
import HTTPTypes
import Hummingbird

extension Routes {
    var questions: [Route] {
        QuestionKind.allCases.map { kind in
            Route(.post, "/api/\(kind.rawValue)") { request, _ in
                let record = try service.ask(try kind.question(try await bodies.json(request)))
                return try Answers.json(record.document, .accepted)
            }
        }
    }

    var answers: [Route] {
        [
            Route(.post, "/api/conversations") { _, _ in try Answers.json(["id": service.beginConversation()], .created) },
            Route(.delete, "/api/conversations/{conversation}") { _, context in
                try service.endConversation(Self.id("conversation", context))
                return Answers.none
            },
            Route(.get, "/api/answers/{answer}") { _, context in
                try Answers.json(try service.answer(Self.id("answer", context)).document)
            },
            Route(.delete, "/api/answers/{answer}") { _, context in
                try service.forget(Self.id("answer", context))
                return Answers.none
            },
            Route(.get, "/api/answers/{answer}/events") { request, context in
                let record = try service.answer(Self.id("answer", context))
                let last = request.headers[Self.lastEvent].flatMap { Int($0) } ?? 0
                return EventStream(record: record).response(after: last, context)
            },
            Route(.get, "/api/answers/{answer}/files/{name}") { _, context in
                let record = try service.answer(Self.id("answer", context))
                let name = context.parameters.get("name") ?? ""
                let data = try await Workbench.inBackground { try record.file(name) }
                return Answers.bytes(data, type: Answers.type(of: name))
            },
        ]
    }

    private static let lastEvent = HTTPField.Name("Last-Event-ID")!
}

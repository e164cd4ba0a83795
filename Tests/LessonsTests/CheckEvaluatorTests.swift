import Documents
import Testing

@testable import Lessons

/// The decisions of a check, without any system.
@Suite struct CheckEvaluatorTests {
    func item(_ identity: String, _ document: JSONValue) -> ObservedItem {
        ObservedItem(identity: identity, document: document)
    }

    @Test func quantifiers() {
        let (a, b, c) = (item("a", [:]), item("b", [:]), item("c", [:]))
        func holds(_ quantifier: Assertion.Quantifier, _ items: [ObservedItem], _ met: [ObservedItem]) -> Bool {
            CheckEvaluator.holds(quantifier, items: items, met: met, atBeginning: ["a", "b"])
        }
        #expect(holds(.all, [a, b], [a, b]))
        #expect(!holds(.all, [a, b], [a]))
        #expect(!holds(.all, [], []), "all of nothing is no success")
        #expect(holds(.any, [a, b], [b]))
        #expect(!holds(.any, [a], []))
        #expect(holds(.none, [], []))
        #expect(!holds(.none, [a], [a]))
        #expect(holds(.count(.equal, 2), [a, b, c], [a, c]))
        #expect(holds(.count(.less, 1), [a], []))
        #expect(holds(.changed, [a, c], [a, c]), "b has gone, c is new")
        #expect(!holds(.changed, [a, b, c], [c]), "nothing has gone")
        #expect(!holds(.changed, [a], [a]), "nothing is new")
        #expect(!holds(.changed, [a, c], [a]), "the new one does not meet the conditions")
    }

    @Test func conditions() throws {
        let document: JSONValue = [
            "state": "running", "pid": 42, "shared": ["pid", "uts"],
            "status": ["conditions": [["type": "Ready", "status": "True"], ["type": "Other", "status": "False"]]],
        ]
        func holds(_ path: String, _ test: Assertion.Condition.Test, measured: [JSONValue] = []) throws -> Bool {
            let path = try #require(FieldPath(path))
            return CheckEvaluator.holds(.init(path: path, test: test), measured: measured, in: document)
        }
        #expect(try holds("state", .equals("running")))
        #expect(try !holds("state", .equals("exited")))
        #expect(try holds("pid", .equals("42")), "typed digits are the number")
        #expect(try holds("pid", .compares(.more, 41)))
        #expect(try holds("shared", .contains("uts")))
        #expect(try !holds("shared", .contains("ut")))
        #expect(try holds("status.conditions[type=Ready].status", .equals("True")))
        #expect(try holds("status.conditions[type=Ready].status", .not("False")))
        #expect(try holds("status.conditions[*].status", .equals("False")))
        #expect(try holds("missing", .exists(false)))
        #expect(try holds("pid", .equalsMeasured(.answer, path: #require(FieldPath("x"))), measured: [7, 42]))
        #expect(try !holds("pid", .equalsMeasured(.answer, path: #require(FieldPath("x"))), measured: []))
    }

    @Test(arguments: ["", ".", "a.", "a..b", "a[", "a[x]", "a[-1]", "[]"])
    func refusesPaths(text: String) {
        #expect(FieldPath(text) == nil)
    }
}

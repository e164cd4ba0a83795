import Documents
import KubernetesAPI
import Testing

@Suite struct LabelSelectorParserTests {
    private let web = ["app": "web", "tier": "front", "empty": ""]

    @Test(arguments: [
        ("", true), ("app=web", true), ("app==web", true), ("app = web", true), ("app=db", false), ("app!=db", true),
        ("none!=x", true), ("app in (web,db)", true), ("app in (db)", false), ("app notin (db, cache)", true),
        ("none notin (x)", true), ("app", true), ("none", false), ("!none", true), ("! app", false), ("empty=", true),
        ("empty in ()", true), ("empty in (,x)", true), ("app=web,tier in (front,back),!none", true),
        ("app=web,tier=back", false), ("in in (in)", false), ("kubernetes.io/x=1", false),
    ])
    func selects(_ text: String, _ expected: Bool) throws {
        let selector = try LabelSelector(parsing: text)
        #expect(selector.matches(web) == expected)
        #expect(try LabelSelector(parsing: selector.description) == selector)
    }

    @Test func isPrintedAsKubectlPrintsIt() throws {
        let text = "a=b,c!=d,e in (f,g),h notin (i),j,!k"
        #expect(try LabelSelector(parsing: " a == b, c!=d ,e in (g, f,g),h notin (i),j, !k").description == text)
    }

    @Test(arguments: [
        ("=a", "found '=', expected: !, identifier, or 'end of string'"),
        ("a=b,", "found '', expected: identifier after ','"), ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in x", "unable to parse requirement: found 'x', expected: '('"),
        ("a in (x", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a=(", "unable to parse requirement: found '(', expected: identifier"),
    ])
    func isRefused(_ text: String, _ reason: String) {
        #expect {
            _ = try LabelSelector(parsing: text)
        } throws: { "\($0)" == reason }
    }

    @Test(arguments: [
        "a=b_", "a=\(String(repeating: "x", count: 64))", "-a", "a/b/c=d", "A_/x", "a in (!)", "키=값", "a>1",
    ])
    func badLabelsAreRefused(_ text: String) {
        #expect(throws: SelectorError.self) { try LabelSelector(parsing: text) }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func randomTextsAreReadOrRefused(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "a", "b.c/d", "=", "==", "!=", "!", "(", ")", ",", " in ", " notin ", " ", "<", "키", "\t", "\\", ".",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<10, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            if let selector = try? LabelSelector(parsing: text) {
                #expect(try LabelSelector(parsing: selector.description) == selector)
            }
            if let selector = try? FieldSelector(parsing: text) {
                #expect(try FieldSelector(parsing: selector.description) == selector)
            }
        }
    }
}

@Suite struct FieldSelectorParserTests {
    private let pod: JSONValue = ["metadata": ["name": "web", "x": "a,b=c"], "status": ["phase": "Running"]]

    @Test(arguments: [
        ("", true), ("status.phase=Running", true), ("status.phase==Running", true), ("status.phase!=Running", false),
        ("metadata.name=web,status.phase=Running", true), ("spec.nodeName=", true), ("metadata.x=a\\,b\\=c", true),
        ("metadata.name=web,", true),
    ])
    func selects(_ text: String, _ expected: Bool) throws {
        let selector = try FieldSelector(parsing: text)
        #expect(selector.matches(pod) == expected)
        #expect(try FieldSelector(parsing: selector.description) == selector)
    }

    @Test(arguments: ["status.phase", "=x", "a=b=c", "a=\\x", "a=\\"])
    func isRefused(_ text: String) {
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: text) }
    }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

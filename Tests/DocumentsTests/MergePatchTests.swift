import Documents
import Testing

/// Written as JSON, for tables of examples.
func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

@Suite struct MergePatchTests {
    /// RFC 7396, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func examplesOfTheRFC(_ document: String, _ patch: String, _ expected: String) throws {
        #expect(MergePatch.apply(try json(patch), to: try json(document)) == (try json(expected)))
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func aDifferenceLeadsToItsTarget(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let source = JSONValue.random(depth: 3, using: &generator)
            // Nulls cannot be expressed by a merge patch.
            let target = MergePatch.apply(JSONValue.random(depth: 3, using: &generator), to: .null)
            let patch = MergePatch.difference(from: source, to: target)
            #expect(MergePatch.apply(patch, to: source) == target)
        }
    }
}

@Suite struct JSONPatchTests {
    /// RFC 6902, appendix A, and its errors.
    @Test(arguments: [
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
        (#"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#, #"{"foo":["bar","qux","baz"]}"#),
        (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
        (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
        (
            #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            #"{"baz":"boo","foo":"bar"}"#
        ),
        (
            #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
        ),
        (
            #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            #"{"foo":["all","cows","eat","grass"]}"#
        ),
        (
            #"{"baz":"qux","foo":["a",2,"c"]}"#,
            #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
            #"{"baz":"qux","foo":["a",2,"c"]}"#
        ),
        (
            #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            #"{"foo":"bar","child":{"grandchild":{}}}"#
        ),
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, #"{"foo":"bar","baz":"qux"}"#),
        (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
        (
            #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            #"{"foo":["bar",["abc","def"]]}"#
        ),
        (#"{"a":1}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":1,"b":1}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"replace","path":"/a/0","value":9}]"#, #"{"a":[9,2]}"#),
        (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[]}]"#, "[]"),
        (#"{"a":1}"#, #"[{"op":"test","path":"/a","value":1.0}]"#, #"{"a":1}"#),
    ])
    func examplesOfTheRFC(_ document: String, _ patch: String, _ expected: String) throws {
        #expect(try JSONPatch.apply(try json(patch), to: try json(document)) == (try json(expected)))
    }

    @Test(arguments: [
        (#"[{"op":"test","path":"/baz","value":"bar"}]"#, PatchError.Kind.testFailed),
        (#"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, .missing), (#"[{"op":"remove","path":"/x"}]"#, .missing),
        (#"[{"op":"replace","path":"/x","value":1}]"#, .missing),
        (#"[{"op":"move","from":"/x","path":"/y"}]"#, .missing),
        (#"[{"op":"add","path":"/list/9","value":1}]"#, .missing),
        (#"[{"op":"add","path":"/list/01","value":1}]"#, .missing),
        (#"[{"op":"jump","path":"/x"}]"#, .malformed), (#"[{"path":"/x"}]"#, .malformed), (#"{"a":1}"#, .malformed),
        (#"[{"op":"add","path":"x","value":1}]"#, .malformed), (#"[{"op":"add","path":"/x"}]"#, .malformed),
        (#"[{"op":"move","from":"/baz","path":"/baz/a"}]"#, .malformed),
        (#"[{"op":"add","path":"/~2","value":1}]"#, .malformed),
    ])
    func whatDoesNotApplyIsRefused(_ patch: String, _ kind: PatchError.Kind) throws {
        let document = try json(#"{"baz":"qux","list":[1]}"#)
        let patch = try json(patch)
        #expect {
            _ = try JSONPatch.apply(patch, to: document)
        } throws: { ($0 as? PatchError)?.kind == kind }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func randomPatchesAreAppliedOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let operations = (0..<3).map { _ -> JSONValue in
                let operation =
                    ["add", "remove", "replace", "move", "copy", "test", "?"].randomElement(using: &generator) ?? ""
                func path() -> JSONValue {
                    let tokens = (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                        "/" + (["a", "0", "1", "-", "~0", "~", ""].randomElement(using: &generator) ?? "")
                    }
                    return .string(tokens.joined())
                }
                return [
                    "op": .string(operation), "path": path(), "from": path(),
                    "value": JSONValue.random(depth: 2, using: &generator),
                ]
            }
            let document: JSONValue = [
                "a": [["a": 1], [1, 2]], "": ["0": []], "0": JSONValue.random(depth: 2, using: &generator),
            ]
            _ = try? JSONPatch.apply(.array(operations), to: document)
            _ = try? StrategicMergePatch.apply(
                JSONValue.random(depth: 3, using: &generator), to: document, schema: .unknown)
        }
    }
}

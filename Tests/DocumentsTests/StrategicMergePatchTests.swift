import Documents
import Testing

private let container = PatchSchema(
    [
        "env": PatchSchema(list: .mergeByKey("name")), "ports": PatchSchema(list: .mergeByKey("containerPort")),
    ], list: .mergeByKey("name"))

private let pod = PatchSchema([
    "metadata": PatchSchema(["finalizers": PatchSchema(list: .mergeValues)]),
    "spec": PatchSchema([
        "containers": container, "volumes": PatchSchema(list: .mergeByKey("name"), retainsKeys: true),
        "strategy": PatchSchema(retainsKeys: true), "tolerations": PatchSchema(),
    ]),
])

@Suite struct StrategicMergePatchTests {
    @Test(arguments: [
        // A container is found by its name; a new one comes first, as with the real API server.
        (
            #"{"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}}"#,
            #"{"spec":{"containers":[{"name":"b","image":"z"},{"name":"c"}]}}"#,
            #"{"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"z"},{"name":"c"}]}}"#
        ),
        (
            #"{"spec":{"containers":[{"name":"a"}]}}"#, #"{"spec":{"containers":[{"name":"c"}]}}"#,
            #"{"spec":{"containers":[{"name":"c"},{"name":"a"}]}}"#
        ),
        (
            #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
            #"{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}"#, #"{"spec":{"containers":[{"name":"b"}]}}"#
        ),
        (
            #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
            #"{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}"#, #"{"spec":{"containers":[{"name":"c"}]}}"#
        ),
        (
            #"{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"own"}]}}"#,
            #"{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}"#,
            #"{"spec":{"containers":[{"name":"b"},{"name":"a"},{"name":"own"}]}}"#
        ),
        (
            #"{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]}]}}"#,
            #"{"spec":{"containers":[{"name":"a","env":[{"name":"Y","value":"3"}]}]}}"#,
            #"{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y","value":"3"}]}]}}"#
        ),
        // Tolerations are replaced whole.
        (
            #"{"spec":{"tolerations":[{"key":"a"}]}}"#, #"{"spec":{"tolerations":[{"key":"b"}]}}"#,
            #"{"spec":{"tolerations":[{"key":"b"}]}}"#
        ),
        (
            #"{"metadata":{"finalizers":["a","b"]}}"#, #"{"metadata":{"finalizers":["b","c"]}}"#,
            #"{"metadata":{"finalizers":["a","b","c"]}}"#
        ),
        (
            #"{"metadata":{"finalizers":["a","b"]}}"#, #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}"#,
            #"{"metadata":{"finalizers":["b"]}}"#
        ),
        (
            #"{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}"#,
            #"{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}"#,
            #"{"spec":{"strategy":{"type":"Recreate"}}}"#
        ),
        (
            #"{"metadata":{"labels":{"a":"1","b":"2"}}}"#, #"{"metadata":{"labels":{"a":null}}}"#,
            #"{"metadata":{"labels":{"b":"2"}}}"#
        ),
        (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"$patch":"replace","d":3}}"#, #"{"a":{"d":3}}"#),
        (#"{"a":{"b":1}}"#, #"{"a":{"$patch":"delete"}}"#, #"{"a":{}}"#),
        ("{}", #"{"a":{"b":null,"c":{"$patch":"replace","d":1}}}"#, #"{"a":{"c":{"d":1}}}"#),
    ])
    func examples(_ document: String, _ patch: String, _ expected: String) throws {
        let result = try StrategicMergePatch.apply(try json(patch), to: try json(document), schema: pod)
        #expect(result == (try json(expected)), "\(result.jsonText)")
    }

    @Test func aFaultHasItsPath() throws {
        let patch = try json(#"{"spec":{"containers":[{"image":"x"}]}}"#)
        #expect {
            _ = try StrategicMergePatch.apply(patch, to: [:], schema: pod)
        } throws: { ($0 as? PatchError)?.path == "spec.containers[0]" }
        #expect(throws: PatchError.self) { try StrategicMergePatch.apply([], to: [:], schema: pod) }
        #expect(throws: PatchError.self) { try StrategicMergePatch.apply(["$patch": "jump"], to: [:], schema: pod) }
    }

    @Test func aDifferenceLeadsToItsTarget() throws {
        let texts = [
            #"{"spec":{"containers":[{"name":"a","image":"x","env":[{"name":"X","value":"1"}]},{"name":"b"}]}}"#,
            #"{"spec":{"containers":[{"name":"b","image":"q"},{"name":"a","env":[{"name":"Y","value":"1"}]}]}}"#,
            #"{"metadata":{"finalizers":["a","b"],"labels":{"x":"1"}},"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}"#,
            #"{"metadata":{"finalizers":["c","b"]},"spec":{"volumes":[{"name":"v","configMap":{"name":"c"}}],"tolerations":[{"key":"a"}]}}"#,
            #"{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}"#,
            #"{"spec":{"strategy":{"type":"Recreate"},"containers":[{"name":"c","ports":[{"containerPort":80}]}]}}"#,
            "{}",
        ]
        for source in texts {
            for target in texts {
                let (source, target) = (try json(source), try json(target))
                let patch = StrategicMergePatch.difference(from: source, to: target, schema: pod)
                let result = try StrategicMergePatch.apply(patch, to: source, schema: pod)
                #expect(result == target, "\(patch.jsonText) made \(result.jsonText)")
            }
        }
    }
}

@Suite struct ThreeWayMergeTests {
    private func applied(_ original: String?, _ modified: String, _ current: String) throws -> JSONValue {
        let (modified, current) = (try json(modified), try json(current))
        let original = try original.map(json)
        let patch = ThreeWayMerge.strategicPatch(original: original, modified: modified, current: current, schema: pod)
        return try StrategicMergePatch.apply(patch, to: current, schema: pod)
    }

    @Test func whatOthersAddedStays() throws {
        let result = try applied(
            #"{"spec":{"replicas":1,"containers":[{"name":"a","image":"1"}]}}"#,
            #"{"spec":{"replicas":1,"containers":[{"name":"a","image":"2"}]}}"#,
            #"{"spec":{"replicas":5,"containers":[{"name":"side"},{"name":"a","image":"1","tty":true}]},"status":{"ready":1}}"#
        )
        #expect(
            try result
                == json(
                    #"{"spec":{"replicas":1,"containers":[{"name":"side"},{"name":"a","image":"2","tty":true}]},"status":{"ready":1}}"#
                ))
    }

    @Test func whatTheManifestDroppedGoes() throws {
        let result = try applied(
            #"{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"name":"a","env":[{"name":"X"}]},{"name":"b"}]}}"#,
            #"{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"a"}]}}"#,
            #"{"metadata":{"labels":{"a":"1","b":"2","own":"3"}},"spec":{"containers":[{"name":"a","env":[{"name":"X"}]},{"name":"b"}]}}"#
        )
        #expect(
            try result == json(#"{"metadata":{"labels":{"a":"1","own":"3"}},"spec":{"containers":[{"name":"a"}]}}"#))
    }

    @Test func nothingToDoIsAnEmptyPatch() throws {
        let manifest = try json(#"{"spec":{"containers":[{"name":"a","image":"1"}]}}"#)
        let live = try json(#"{"spec":{"containers":[{"name":"a","image":"1","tty":false}],"nodeName":"n"}}"#)
        #expect(ThreeWayMerge.strategicPatch(original: manifest, modified: manifest, current: live, schema: pod) == [:])
        #expect(ThreeWayMerge.mergePatch(original: manifest, modified: manifest, current: manifest) == [:])
    }

    @Test func kindsWithoutSchemaUseAMergePatch() throws {
        let patch = ThreeWayMerge.mergePatch(
            original: ["spec": ["a": 1, "b": [1]]], modified: ["spec": ["b": [2]]],
            current: ["spec": ["a": 1, "b": [1], "c": 3]])
        #expect(patch == ["spec": ["a": nil, "b": [2]]])
    }
}

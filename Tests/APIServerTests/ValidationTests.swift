import Documents
import KubernetesAPI
import ObjectStore
import Testing

@testable import APIServer

@Suite struct ValidationTests {
    private func refusal(_ input: String) async throws -> Status {
        let cluster = try TestCluster()
        let object = try object(input)
        let resource = try #require(APIResource.of(apiVersion: object.apiVersion, kind: object.kind))
        return try await status {
            _ = try await cluster.client.create(
                resource, namespace: resource.isNamespaced ? "default" : nil, object,
                WriteOptions(strictFields: true))
        }
    }

    static let faults: [(input: String, message: String)] = [
        (
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}},
             template: {metadata: {labels: {app: other}}, spec: {containers: [{name: a, image: a}]}}}}
            """,
            "Deployment.apps \"web\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: "
                + "`selector` does not match template `labels`"
        ),
        (
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: -1,
             template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}}}
            """,
            "Deployment.apps \"web\" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, "
                + "spec.selector: Required value, spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: "
                + "`selector` does not match template `labels`]"
        ),
        (
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}},
             strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 0}},
             template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a}], restartPolicy: Never}}}}
            """,
            "Deployment.apps \"web\" is invalid: [spec.template.spec.restartPolicy: Unsupported value: \"Never\": "
                + "supported values: \"Always\", spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not "
                + "be 0 when `maxSurge` is 0]"
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {}}",
            "Pod \"web\" is invalid: spec.containers: Required value"
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: Web_1}, spec: {containers: [{name: a, image: a}]}}",
            "Pod \"Web_1\" is invalid: metadata.name: Invalid value: \"Web_1\": a lowercase RFC 1123 subdomain must "
                + "consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
                + "character (e.g. 'example.com', regex used for validation is "
                + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ),
        (
            """
            {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {restartPolicy: Sometimes, containers: [
             {name: a}, {name: a, image: b, imagePullPolicy: Often, ports: [{containerPort: 99999}],
              volumeMounts: [{name: gone, mountPath: /x}]}]}}
            """,
            "Pod \"web\" is invalid: [spec.containers[0].image: Required value, spec.containers[1].name: Duplicate "
                + "value: \"a\", spec.containers[1].ports[0].containerPort: Invalid value: 99999: must be between 1 and "
                + "65535, inclusive, spec.containers[1].volumeMounts[0].name: Not found: \"gone\", "
                + "spec.containers[1].imagePullPolicy: Unsupported value: \"Often\": supported values: \"Always\", "
                + "\"IfNotPresent\", \"Never\", spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: "
                + "\"Always\", \"Never\", \"OnFailure\"]"
        ),
        (
            """
            {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: a, image: a,
             livenessProbe: {successThreshold: 2}, resources: {requests: {cpu: 200m}, limits: {cpu: 100m}}}]}}
            """,
            "Pod \"web\" is invalid: [spec.containers[0].resources.requests: Invalid value: \"200m\": must be less than "
                + "or equal to cpu limit of 100m, spec.containers[0].livenessProbe: Required value: must specify a "
                + "handler type, spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1]"
        ),
        (
            "{apiVersion: v1, kind: Service, metadata: {name: 1web}, spec: {ports: [{port: 0}]}}",
            "Service \"1web\" is invalid: [metadata.name: Invalid value: \"1web\": a DNS-1035 label must consist of lower "
                + "case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric "
                + "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?'), "
                + "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, "
                + "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]"
        ),
        (
            "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {}}",
            "Service \"web\" is invalid: spec.ports: Required value"
        ),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a b: c}}",
            "ConfigMap \"a\" is invalid: data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric "
                + "characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for "
                + "validation is '[-._a-zA-Z0-9]+')"
        ),
        (
            "{apiVersion: v1, kind: Namespace, metadata: {}}",
            "Namespace \"\" is invalid: metadata.name: Required value: name or generateName is required"
        ),
    ]

    @Test(arguments: faults)
    func faultsAreNamedAsKubernetesNamesThem(fault: (input: String, message: String)) async throws {
        let refusal = try await refusal(fault.input)
        #expect(refusal.message == fault.message)
        #expect(refusal.reason == .invalid)
    }

    @Test func eachFaultIsACause() async throws {
        let refusal = try await refusal("{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {}}")
        #expect(
            refusal.causes == [
                Status.Cause(reason: "FieldValueRequired", message: "Required value", field: "spec.containers")
            ])
        #expect(refusal.document.at("details", "name") == "web")
        #expect(refusal.document["code"] == 422)
    }

    static let malformed: [(input: String, message: String)] = [
        (
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, lables: {}},
             spec: {replcas: 3, template: {spec: {containers: [{nmae: x}]}}, zzzzzzzz: 1}}
            """,
            "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field "
                + "\"metadata.lables\" (did you mean \"metadata.labels\"?), unknown field \"spec.replcas\" (did you mean "
                + "\"spec.replicas\"?), unknown field \"spec.template.spec.containers[0].nmae\" (did you mean "
                + "\"spec.template.spec.containers[0].name\"?), unknown field \"spec.zzzzzzzz\""
        ),
        (
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: three}}",
            "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct "
                + "field DeploymentSpec.spec.replicas of type int32"
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {a: 1}}, spec: {}}",
            "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field "
                + "ObjectMeta.metadata.labels.a of type string"
        ),
    ]

    @Test(arguments: malformed)
    func whatDoesNotFitTheSchemaIsRefused(fault: (input: String, message: String)) async throws {
        let refusal = try await refusal(fault.input)
        #expect(refusal.message == fault.message)
        #expect(refusal.reason == .badRequest)
    }

    @Test func unknownFieldsAreKeptWhereNobodyAsksForStrictness() async throws {
        let cluster = try TestCluster()
        var web = pod("web")
        web.spec["novelty"] = 1
        let created = try await cluster.client.create(.pods, web)
        #expect(created.spec["novelty"] == 1)
    }

    @Test func aRequestMustAgreeWithItsObject() async throws {
        let cluster = try TestCluster()
        let elsewhere = try await status {
            _ = try await cluster.client.create(.pods, namespace: "kube-system", pod("web"), WriteOptions())
        }
        #expect(
            elsewhere.message
                == "the namespace of the provided object does not match the namespace sent on the request")
        let nowhere = try await status {
            var web = pod("web")
            web.namespace = "missing"
            _ = try await cluster.client.create(.pods, web)
        }
        #expect(nowhere.message == "namespaces \"missing\" not found")
        _ = try await cluster.client.create(.pods, pod("web"))
        let again = try await status { _ = try await cluster.client.create(.pods, pod("web")) }
        #expect(again.message == "pods \"web\" already exists")
        #expect(again.reason == .alreadyExists)
    }

    @Test func aNameNeedsItsNamespace() async throws {
        let cluster = try TestCluster()
        let refusal = try await status { _ = try await cluster.client.get(.pods, namespace: nil, name: "web") }
        #expect(refusal.message == "an empty namespace may not be set when a resource name is provided")
    }

    @Test func theAuthorizerHasTheFirstWord() async throws {
        struct ReadersOnly: Authorizer {
            func authorize(_ request: Request) throws(Status) {
                if [.get, .list, .watch].contains(request.verb) { return }
                throw Status(
                    .forbidden,
                    "\(request.resource.plural) is forbidden: User \"\(request.user)\" cannot \(request.verb)")
            }
        }
        let server = APIServer(store: ObjectStore(), authorizer: ReadersOnly())
        let client = server.client(user: "eve")
        #expect(try await client.list(.pods).items.isEmpty)
        let refusal = try await status { _ = try await client.create(.pods, pod("web")) }
        #expect(refusal.message == "pods is forbidden: User \"eve\" cannot create")
    }
}

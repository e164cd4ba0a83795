import Documents
import KubernetesAPI
import Testing

@Suite struct DNS1123Tests {
    @Test func goodNamesHaveNoProblems() {
        for name in ["a", "web-1", "0", String(repeating: "a", count: 63)] {
            #expect(DNS1123.problems(label: name).isEmpty)
            #expect(DNS1123.problems(subdomain: name + ".b").isEmpty)
        }
        #expect(DNS1123.problems(label1035: "web-1").isEmpty)
        for value in ["", "a", "A_b.c-1"] { #expect(DNS1123.problems(labelValue: value).isEmpty) }
        for key in ["app", "kubernetes.io/hostname", "A_b"] { #expect(DNS1123.problems(qualifiedName: key).isEmpty) }
    }

    @Test func badNamesAreExplained() {
        for name in ["", "-a", "a-", "A", "a.b", "웹", "a_b", "a b"] {
            #expect(
                DNS1123.problems(label: name) == [
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                        + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                        + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
                ])
        }
        #expect(DNS1123.problems(label: String(repeating: "a", count: 64)) == ["must be no more than 63 bytes"])
        for name in ["", ".", "a..b", "a.", "A.b"] { #expect(DNS1123.problems(subdomain: name).count == 1) }
        #expect(DNS1123.problems(subdomain: String(repeating: "a", count: 254)) == ["must be no more than 253 bytes"])
        #expect(DNS1123.problems(label1035: "1a").count == 1)
        for value in ["-", "a_", "a b", "키"] { #expect(DNS1123.problems(labelValue: value).count == 1) }
        #expect(DNS1123.problems(qualifiedName: "/a") == ["prefix part must be non-empty"])
        for key in ["", "a/", "a/b/c", "A/b", "-a"] { #expect(!DNS1123.problems(qualifiedName: key).isEmpty) }
    }
}

@Suite struct HumanDurationTests {
    @Test(arguments: [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (123, "2m3s"), (599, "9m59s"),
        (600, "10m"),
        (10_799, "179m"), (10_800, "3h"), (11_040, "3h4m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"),
        (176_400, "2d1h"), (691_200, "8d"), (63_071_999, "729d"), (63_072_000, "2y"), (65_664_000, "2y30d"),
        (252_288_000, "8y"),
    ])
    func agesArePrintedAsKubectlDoes(_ seconds: Int, _ text: String) {
        #expect(Duration.seconds(seconds).humanText == text)
    }
}

@Suite struct IntOrPercentTests {
    @Test func sharesAreRounded() throws {
        let quarter = try #require(IntOrPercent(document: "25%"))
        #expect(quarter.resolved(of: 3, roundingUp: true) == 1)
        #expect(quarter.resolved(of: 3, roundingUp: false) == 0)
        #expect(IntOrPercent(document: 2) == .count(2))
        #expect(quarter.document == "25%")
        for bad in ["25", "%", "-1%", "+1%", "1.5%", ""] { #expect(IntOrPercent(document: .string(bad)) == nil) }
    }
}

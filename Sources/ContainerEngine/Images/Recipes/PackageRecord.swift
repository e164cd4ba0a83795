/// dpkg's database inside an image, so that `dpkg -l` tells there what the image is made of.
enum PackageRecord {
    static func add(_ selection: PackageSelection, to layer: inout LayerContent) {
        let all = (selection.basePackages + selection.packages).sorted { $0.name < $1.name }
        // What is installed here keeps its own words, what was only unpacked gets the same ones.
        let paragraphs = all.map { package in
            package.paragraph.contains("\nStatus: ")
                ? package.paragraph
                : package.paragraph.replacingFirstLine { $0 + "\nStatus: install ok installed" }
        }
        layer.file("var/lib/dpkg/status", paragraphs.joined(separator: "\n"))
        for path in ["info", "updates", "alternatives", "triggers", "parts"] { layer.directory("var/lib/dpkg/" + path) }
        for package in selection.packages where selection.roots[package.name] == nil {
            for kind in ["list", "md5sums"] {
                guard let path = selection.database.informationFile(package, kind),
                    let bytes = try? StoredFile(reading: path).readAll(), let name = path.split(separator: "/").last
                else { continue }
                layer.append(
                    LayerContent.Entry(path: "var/lib/dpkg/info/\(name)", kind: .file(bytes), mode: 0o644))
            }
        }
    }
}

extension String {
    fileprivate func replacingFirstLine(_ change: (String) -> String) -> String {
        guard let end = firstIndex(of: "\n") else { return change(self) }
        return change(String(self[..<end])) + self[end...]
    }
}

import ContainerRuntime
import OCI

/// `kijabi/web`: busybox's web server with one page, in both languages, on port 80. The page tells which container answered.
struct WebRecipe: ImageRecipe {
    let reference: ImageReference
    private let busybox: BusyboxRecipe

    init(busybox: BusyboxRecipe) throws(ImageReferenceError) {
        reference = try ImageReference("kijabi/web:latest")
        self.busybox = busybox
    }

    func fingerprint() throws(RuntimeError) -> String { "web 1 on " + (try busybox.fingerprint()) }

    func assemble(
        base: (ImageReference) throws(RuntimeError) -> StoredImage
    ) throws(RuntimeError) -> AssembledImage {
        let busybox = try base(busybox.reference)
        var layer = LayerContent(modificationTime: Int(busybox.summary.createdAt))
        for path in ["etc", "var", "var/www", "var/www/cgi-bin"] { layer.directory(path) }
        layer.file("var/www/index.html", Self.page)
        layer.file("var/www/cgi-bin/hostname", Self.hostname, mode: 0o755)
        return AssembledImage(
            base: busybox, layers: [(layer, "a page for busybox httpd")],
            configure: { configuration in
                configuration.command = ["httpd", "-f", "-v", "-p", "80", "-h", "/var/www"]
                configuration.workingDirectory = "/var/www"
                configuration.exposedPorts = ["80/tcp"]
            },
            createdAt: layer.modificationTime, origin: "\(busybox.summary.origin) and a page")
    }

    private static let page = """
        <!doctype html>
        <meta charset="utf-8">
        <title>kijabi</title>
        <p lang="ko">상자 안의 웹 서버에 오신 것을 환영합니다.</p>
        <p lang="en">Welcome to the web server in the box.</p>

        """

    private static let hostname = """
        #!/bin/sh
        printf 'Content-Type: text/plain\\r\\n\\r\\n'
        hostname

        """
}

import Documents

/// A port of a service as `-p` writes it: `[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]`.
enum PortWords {
    static func text(_ node: ComposeNode) throws(ComposeError) -> String {
        guard node.value.object != nil else { return try node.text() }
        try node.allow(only: ["target", "published", "host_ip", "protocol", "mode", "name", "app_protocol"])
        guard let target = node["target"] else { throw node.fault(.other("\(node.path) needs a target")) }
        var text = "\(try target.integer())"
        if let published = try node["published"]?.text() {
            text = "\(published):\(text)"
            if let address = try node["host_ip"]?.text() { text = "\(address):\(text)" }
        } else if let address = try node["host_ip"]?.text() {
            text = "\(address)::\(text)"
        }
        if let transport = try node["protocol"]?.text() { text += "/\(transport)" }
        return text
    }
}

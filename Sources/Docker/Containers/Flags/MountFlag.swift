import ContainerRuntime

/// `--mount type=bind,source=/data,target=/data,readonly`
enum MountFlag {
    static func mount(_ text: String, workingDirectory: String) throws(RuntimeError) -> Mount {
        func fail(_ reason: String) -> RuntimeError {
            .conflict("invalid argument \"\(text)\" for \"--mount\" flag: \(reason)")
        }
        var type = "volume"
        var source: String?
        var target: String?
        var readOnly = false
        var options = TemporaryFileSystem()
        var propagation: String?
        var copies = true
        var makesSource = false
        for field in text.split(separator: ",") {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let key = pair[0].lowercased()
            let value = pair.count > 1 ? pair[1] : nil
            func flag() throws(RuntimeError) -> Bool {
                switch value {
                case nil, "true", "1": return true
                case "false", "0": return false
                default: throw fail("invalid value for \(key): \(value ?? "")")
                }
            }
            switch key {
            case "readonly", "ro": readOnly = try flag()
            case "volume-nocopy": copies = try !flag()
            case "bind-create-src": makesSource = try flag()
            case "bind-nonrecursive", "bind-recursive", "consistency", "volume-label", "volume-driver", "volume-opt":
                break
            default:
                guard let value else { throw fail("invalid field '\(field)' must be a key=value pair") }
                switch key {
                case "type": type = value.lowercased()
                case "source", "src": source = value
                case "target", "dst", "destination": target = value
                case "bind-propagation": propagation = value
                case "tmpfs-size":
                    guard let size = ByteSize.parse(value) else { throw fail("invalid value for \(key): \(value)") }
                    options.size = size
                case "tmpfs-mode":
                    guard let mode = UInt32(value, radix: 8) else { throw fail("invalid value for \(key): \(value)") }
                    options.mode = mode
                default: throw fail("unexpected key '\(pair[0])' in '\(field)'")
                }
            }
        }
        guard let target, !target.isEmpty else { throw fail("target is required") }
        guard target.hasPrefix("/") else {
            throw .conflict(
                "invalid mount config for type \"\(type)\": invalid mount path: '\(target)' mount path must be absolute"
            )
        }
        if target.allSatisfy({ $0 == "/" }) {
            throw .conflict(
                "invalid mount config for type \"\(type)\": invalid specification: destination can't be '/'")
        }
        var mount: Mount
        switch type {
        case "bind":
            guard let source, !source.isEmpty else {
                throw .conflict("invalid mount config for type \"bind\": field Source must not be empty")
            }
            let path = VolumeFlag.absolute(source, workingDirectory)
            guard path.hasPrefix("/") else {
                throw .conflict(
                    "invalid mount config for type \"bind\": invalid mount path: '\(source)' mount path must be absolute"
                )
            }
            mount = Mount(source: .bind(path: path), target: target, readOnly: readOnly)
            mount.requiresSource = !makesSource
            if let propagation {
                let known = ["private", "rprivate", "shared", "rshared", "slave", "rslave"]
                guard known.contains(propagation) else {
                    throw .conflict("invalid mount config for type \"bind\": invalid propagation mode: \(propagation)")
                }
                mount.propagation = propagation
            }
        case "volume":
            mount = try VolumeFlag.volume(source ?? "", target: target, readOnly: readOnly, shown: text)
            mount.copiesImageContent = copies
        case "tmpfs":
            if source != nil {
                throw .conflict("invalid mount config for type \"tmpfs\": field Source must not be specified")
            }
            mount = Mount(source: .memory(options), target: target, readOnly: readOnly)
        default: throw fail("mount type unknown: \"\(type)\"")
        }
        return mount
    }
}

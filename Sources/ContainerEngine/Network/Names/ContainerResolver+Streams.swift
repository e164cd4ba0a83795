import DNS
import Glibc
import LinuxKernel

/// Queries over TCP (RFC 7766).
extension ContainerResolver {
    /// Further connections of all sandboxes wait in their listen queues.
    private static let connectionLimit = 256

    func accept(_ name: String) {
        guard let station = stations[name] else { return }
        while true {
            let number = StreamCalls.accept(station.streams.number)
            if number < 0 { return }
            let socket = FileDescriptor(owning: number)
            // The one that has been silent for longest makes room.
            if connections.count >= Self.connectionLimit,
                let oldest = connections.min(by: { $0.value.queries.lastUse < $1.value.queries.lastUse })
            {
                drop(oldest.key)
            }
            connections[number] = (name, socket, DNSConnection(now: Self.milliseconds()))
            do {
                try watch(number) { $0.serve(number) }
            } catch {
                drop(number)
            }
        }
    }

    private func serve(_ descriptor: Int32) {
        guard let (name, socket, known) = connections[descriptor], let station = stations[name] else { return }
        var queries = known
        queries.lastUse = Self.milliseconds()
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isOpen = true
        while isOpen {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                queries.append(buffer[..<count])
                if count < buffer.count { break }
            } else {
                isOpen = count < 0 && (errno == EAGAIN || errno == EINTR)
                break
            }
        }
        var forwarded: [(query: [UInt8], source: NameReaction.Source)] = []
        while let query = queries.nextQuery() {
            switch react(to: query, isStream: true, name, station) {
            case .reply(let bytes): queries.enqueue(bytes)
            case .forward(let source): forwarded.append((query, source))
            case .drop: isOpen = false
            }
        }
        connections[descriptor] = (name, socket, queries)
        for (query, source) in forwarded {
            ask(query, way(source, name), for: .stream(descriptor, number: queries.number))
        }
        if isOpen { flush(descriptor) } else { drop(descriptor) }
    }

    func flush(_ descriptor: Int32) {
        guard let (name, socket, known) = connections[descriptor] else { return }
        var queries = known
        while queries.hasOutput {
            let count = queries.output.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // Answers are short: who does not read one while 64 KiB wait is not waited for.
            guard count > 0 else { return drop(descriptor) }
            queries.output.removeFirst(count)
        }
        connections[descriptor] = (name, socket, queries)
    }

    func drop(_ descriptor: Int32) {
        guard connections.removeValue(forKey: descriptor) != nil else { return }
        executor.forget(descriptor)
    }
}

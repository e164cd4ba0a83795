import Glibc
import LinuxKernel
import Testing

@Suite struct NetlinkMessageTests {
    @Test("A route, byte by byte, as rtnetlink(7) lays it out")
    func route() throws {
        let subnet = try #require(IPv4Subnet("10.244.1.2/32"))
        let source = try #require(IPv4Address("10.244.1.1"))
        let message = NetlinkMessage.addRoute(to: subnet, index: 7, source: source)
        #expect(
            message.encoded(sequence: 9) == [
                52, 0, 0, 0, 24, 0, 0x01, 0x05, 9, 0, 0, 0, 0, 0, 0, 0,  // nlmsghdr: CREATE, REPLACE, REQUEST
                2, 32, 0, 0, 254, 4, 253, 1, 0, 0, 0, 0,  // rtmsg: main table, static, link scope, unicast
                8, 0, 1, 0, 10, 244, 1, 2,  // RTA_DST
                8, 0, 4, 0, 7, 0, 0, 0,  // RTA_OIF
                8, 0, 7, 0, 10, 244, 1, 1,  // RTA_PREFSRC
            ])
    }

    @Test("Attributes are padded to four bytes, and a nest counts what is in it")
    func attributes() {
        var message = NetlinkMessage(type: 1, flags: [], stage: "", fixed: [])
        message.nest(5) { $0.append(6, string: "eth0") }
        #expect(
            message.encoded(sequence: 0).dropFirst(16) == [16, 0, 5, 0, 9, 0, 6, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0])
    }

    @Test("The kernel's refusal names the request that failed")
    func refusal() throws {
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), NetlinkSocket.route)
        var netlink = NetlinkSocket(owning: descriptor)
        #expect(throws: NetlinkError.self) { try netlink.send([.deleteLink(index: 1_000_000)]) }
        do {
            try netlink.send([.deleteLink(index: 1_000_000), .deleteLink(index: 1_000_001)])
        } catch {
            #expect(error.stage == "delete link 1000000")
            #expect(error.errno == ENODEV || error.errno == EPERM)
        }
    }
}

@Suite struct IPv4Tests {
    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1..2.3", "a.b.c.d", "1.2.3.4 ", "+1.2.3.4", "0001.2.3.4"])
    func malformedAddresses(_ text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: ["10.0.0.0", "10.0.0.0/33", "10.0.0.1/24", "10.0.0.0/-1", "10.0.0.0/24/1"])
    func malformedSubnets(_ text: String) {
        #expect(IPv4Subnet(text) == nil)
    }

    @Test func arithmetic() throws {
        let subnet = try #require(IPv4Subnet("10.96.0.0/12"))
        #expect(try subnet.contains(#require(IPv4Address("10.111.255.255"))))
        #expect(try !subnet.contains(#require(IPv4Address("10.112.0.0"))))
        #expect(subnet[10].description == "10.96.0.10")
        #expect(subnet.count == 1 << 20)
        #expect(IPv4Subnet("0.0.0.0/0")?.description == "0.0.0.0/0")
    }
}

@Suite struct ExecutorTests {
    private actor Worker {
        private nonisolated let executor = ThreadExecutor(name: "test-worker")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private var threads: Set<UInt> = []
        func work() -> Int {
            threads.insert(UInt(pthread_self()))
            return threads.count
        }
    }

    @Test("An actor stays on its thread")
    func oneThread() async {
        let worker = Worker()
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { await worker.work() } }
            for await count in group { #expect(count == 1) }
        }
    }

    private actor Waiter {
        nonisolated let executor: EpollExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private var waiting: CheckedContinuation<Void, Never>?

        init() throws { executor = try EpollExecutor(name: "test-waiter") }

        func readable(_ descriptor: Int32) async throws {
            await withCheckedContinuation { continuation in
                waiting = continuation
                try? executor.watch(descriptor, .readable) { [weak self] in
                    self?.assumeIsolated { $0.ready(descriptor) }
                }
            }
        }

        private func ready(_ descriptor: Int32) {
            executor.forget(descriptor)
            waiting?.resume()
            waiting = nil
        }
    }

    @Test("A descriptor's readiness arrives on the actor that waits for it")
    func readiness() async throws {
        let pipe = try Pipe()
        let waiter = try Waiter()
        async let arrival: Void = waiter.readable(pipe.readEnd.number)
        _ = write(pipe.writeEnd.number, "x", 1)
        try await arrival
    }
}

public import KubernetesAPI
import Synchronization

/// What an informer last heard of every object of its resource. Reading costs no request; what is read may be behind
/// the server, so a decision taken on it must be one that a newer state would correct.
///
/// Lists are sorted by namespace and name, so that equal states lead to equal decisions.
public final class Lister: Sendable {
    private struct State {
        var objects: [ObjectKey: KubernetesObject] = [:]
        var byNamespace: [String: Set<ObjectKey>] = [:]
        var indexes: [String: Index] = [:]

        struct Index {
            let function: ObjectIndex
            var keys: [String: Set<ObjectKey>] = [:]

            mutating func file(_ key: ObjectKey, from old: KubernetesObject?, to new: KubernetesObject?) {
                let before = old.map(function.values) ?? []
                let after = new.map(function.values) ?? []
                guard before != after else { return }
                for value in before {
                    keys[value]?.remove(key)
                    if keys[value]?.isEmpty == true { keys[value] = nil }
                }
                for value in after { keys[value, default: []].insert(key) }
            }
        }
    }

    private let state = Mutex(State())

    init() {}

    public func get(_ key: ObjectKey) -> KubernetesObject? {
        state.withLock { $0.objects[key] }
    }

    /// All objects, or those of a namespace.
    public func list(namespace: String? = nil) -> [KubernetesObject] {
        let objects = state.withLock { state in
            guard let namespace else { return Array(state.objects.values) }
            return state.byNamespace[namespace, default: []].compactMap { state.objects[$0] }
        }
        return objects.sorted { $0.key < $1.key }
    }

    public func list(namespace: String? = nil, matching selector: LabelSelector) -> [KubernetesObject] {
        list(namespace: namespace).filter { selector.matches($0.labels) }
    }

    /// The objects filed under `value`. The index must have been asked for when the informer was got from its factory;
    /// otherwise every object is looked at, which is slower but not wrong.
    public func list(by index: ObjectIndex, _ value: String) -> [KubernetesObject] {
        let objects = state.withLock { state in
            guard let present = state.indexes[index.name] else {
                return state.objects.values.filter { index.values($0).contains(value) }
            }
            return present.keys[value, default: []].compactMap { state.objects[$0] }
        }
        return objects.sorted { $0.key < $1.key }
    }

    public var count: Int { state.withLock { $0.objects.count } }

    func add(index: ObjectIndex) {
        state.withLock { state in
            guard state.indexes[index.name] == nil else { return }
            var keys: [String: Set<ObjectKey>] = [:]
            for (key, object) in state.objects {
                for value in index.values(object) { keys[value, default: []].insert(key) }
            }
            state.indexes[index.name] = State.Index(function: index, keys: keys)
        }
    }

    /// Keeps `object` and returns what was there before.
    func store(_ object: KubernetesObject) -> KubernetesObject? {
        let key = object.key
        return state.withLock { state in
            let old = state.objects.updateValue(object, forKey: key)
            if old == nil { state.byNamespace[key.namespace, default: []].insert(key) }
            for name in state.indexes.keys { state.indexes[name]?.file(key, from: old, to: object) }
            return old
        }
    }

    func remove(_ key: ObjectKey) -> KubernetesObject? {
        state.withLock { state in
            guard let old = state.objects.removeValue(forKey: key) else { return nil }
            state.byNamespace[key.namespace]?.remove(key)
            if state.byNamespace[key.namespace]?.isEmpty == true { state.byNamespace[key.namespace] = nil }
            for name in state.indexes.keys { state.indexes[name]?.file(key, from: old, to: nil) }
            return old
        }
    }

    var keys: [ObjectKey] { state.withLock { Array($0.objects.keys) } }
}

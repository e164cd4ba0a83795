/// Chance that repeats itself: SplitMix64 (Steele, Lea, Flood 2014), whose whole state is one number.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// 64 hexadecimal digits, as container ids have.
    mutating func identifier() -> String {
        (0..<4).map { _ in
            let digits = String(next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// A name for a container that was given none: `brave_otter`.
    mutating func name() -> String {
        let adjective = ContainerNames.adjectives[Int(next() % UInt64(ContainerNames.adjectives.count))]
        let noun = ContainerNames.nouns[Int(next() % UInt64(ContainerNames.nouns.count))]
        return "\(adjective)_\(noun)"
    }
}

/// Words of the harbour and the sea.
private enum ContainerNames {
    static let adjectives = [
        "able", "agile", "amber", "bold", "brave", "breezy", "bright", "brisk", "calm", "candid", "clever", "coastal",
        "cosy", "curious", "daring", "deft", "eager", "early", "fair", "fearless", "fleet", "fond", "gallant", "gentle",
        "glad", "golden", "handy", "happy", "hardy", "hearty", "honest", "humble", "jolly", "keen", "kind", "lively",
        "loyal", "lucid", "lucky", "merry", "mighty", "mild", "nimble", "noble", "patient", "placid", "plucky",
        "polite",
        "proud", "quick", "quiet", "ready", "salty", "sharp", "shiny", "silent", "silver", "sleek", "smart", "snug",
        "sober", "steady", "stout", "sunny", "swift", "tidy", "trim", "trusty", "upbeat", "vivid", "warm", "wise",
        "witty", "zesty",
    ]
    static let nouns = [
        "albatross", "anchor", "anemone", "barnacle", "beacon", "bosun", "breeze", "bream", "buoy", "captain", "clam",
        "clipper", "cod", "compass", "coral", "cormorant", "crab", "current", "cutter", "dolphin", "dory", "eel",
        "ferry", "fjord", "flounder", "galleon", "gannet", "grebe", "gull", "halyard", "harbour", "heron", "herring",
        "isle", "jetty", "keel", "kelp", "ketch", "kraken", "lagoon", "lantern", "lighthouse", "limpet", "lobster",
        "mackerel", "manatee", "marlin", "mast", "mooring", "mussel", "narwhal", "nautilus", "octopus", "orca", "otter",
        "oyster", "pelican", "penguin", "petrel", "pier", "plover", "porpoise", "prawn", "puffin", "quay", "reef",
        "rudder", "sail", "salmon", "schooner", "seal", "sextant", "shark", "skipper", "sloop", "squid", "starfish",
        "stingray", "sturgeon", "tern", "tide", "tiller", "trawler", "trout", "tugboat", "turtle", "urchin", "walrus",
        "wave", "whale", "wharf", "yawl",
    ]
}

extension LiveSystem {
    func images(_ reference: String?) async throws(ObservationError) -> [ObservedItem] { [] }
    func changes(of name: String) async throws(ObservationError) -> [ObservedItem] { [] }
}

/// A dictionary of limited size, which forgets what was used least recently.
struct RecentlyUsed<Key: Hashable, Value> {
  let capacity: Int
  private var entries: [Key: (value: Value, time: Int)] = [:]
  private var time = 0

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { entries.count }

  subscript(key: Key) -> Value? {
    mutating get {
      time += 1
      entries[key]?.time = time
      return entries[key]?.value
    }
  }

  mutating func insert(_ value: Value, for key: Key) {
    time += 1
    entries[key] = (value, time)
    guard entries.count > capacity else { return }
    if let oldest = entries.min(by: { $0.value.time < $1.value.time }) { entries[oldest.key] = nil }
  }
}

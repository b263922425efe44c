// Must fail with: offsets[1] <= numbers.count, → true,
// Must fail with: for (name, value) in json where name != "__metadata__" → for (name, value) in json
// Must fail with: data_offsets: [start, numbers.count] → data_offsets: [0, numbers.count]
// Must fail with: guard tensor.shape == parameter.shape else → guard tensor.numel == parameter.numel else
// Must fail with: guard file.count >= 8, integer(file[..<8]) <= UInt64(file.count - 8) else → guard file.count >= 8 else
// Must fail with: Double(offsets[1] - offsets[0]) == size → true
import Checks
import Ember
import Foundation
import Serialization
import Tensors

let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
func file(_ name: String) -> String { folder.appending(path: name).path }

Ember.manualSeed(4)
let model = Ember.Sequential(Ember.Linear(3, 2), Ember.Linear(2, 1))
try Ember.save(model.namedParameters, to: file("mine.safetensors"))
let read = try Serialization.load(file("mine.safetensors"))
check(
  "Flambeau finds the same names", read.keys.sorted(),
  is: model.namedParameters.map(\.name).sorted())
for (name, tensor) in model.namedParameters {
  check(
    "Flambeau reads \(name)",
    read[name].map { $0.shape == tensor.shape } ?? false
      && read[name]!.scalars(as: Double.self) == tensor.scalars)
}
let theirs: StateDict = [
  "a": Tensors.Tensor([[1.5, -2], [3, 1e300]], dtype: .float64),
  "b": Tensors.Tensor.zeros([0, 3], dtype: .float64), "c": Tensors.Tensor(7, dtype: .float64),
]
try Serialization.save(theirs, to: file("theirs.safetensors"), metadata: ["written by": "Flambeau"])
let mine = try Ember.load(file("theirs.safetensors"))
check("you read what Flambeau wrote", mine["a"]?.scalars ?? [], near: [1.5, -2, 3, 1e300])
check("with its shape", mine["a"]?.shape ?? [], is: [2, 2])
check("an empty tensor and a number too", mine["b"]?.shape == [0, 3] && mine["c"]?.shape == [])

let other = Ember.Sequential(Ember.Linear(3, 2), Ember.Linear(2, 1))
try other.loadStateDict(Ember.load(file("mine.safetensors")))
let x = Ember.Tensor([[1, 2, 3]])
check("a model takes the parameters over", other(x).scalars, near: model(x).scalars, within: 0)
let before = other.parameters.map(\.scalars)
var tensors = try Ember.load(file("mine.safetensors"))
tensors["0.weight"] = Ember.Tensor.zeros([2, 3])
tensors["1.weight"] = Ember.Tensor.zeros([2, 1])
check("another shape is an error", (try? other.loadStateDict(tensors)) == nil)
check("and changes nothing", other.parameters.map(\.scalars), is: before)
tensors["1.weight"] = nil
check("so is a missing one", (try? other.loadStateDict(tensors)) == nil)

func bytes(_ header: String, length: UInt64? = nil, numbers: Int = 16) -> Data {
  let length = length ?? UInt64(header.utf8.count)
  return withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(header.utf8)
    + Data(count: numbers)
}
func entry(_ shape: String, _ offsets: String) -> String {
  "{\"a\":{\"dtype\":\"F64\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
}
for (claim, data) in [
  ("an empty file", Data()), ("a text", Data("Once upon a time\n".utf8)),
  ("a length beyond the file", bytes("{}", length: 1 << 40)),
  ("a length beyond all numbers", bytes("{}", length: .max)),
  ("no JSON", bytes("{\"a\":")), ("offsets beyond the file", bytes(entry("[3]", "[0,24]"))),
  ("a negative offset", bytes(entry("[3]", "[-8,16]"))),
  ("a shape that doesn't fit", bytes(entry("[3]", "[0,16]"))),
  ("sizes beyond all numbers", bytes(entry("[4294967296,4294967296]", "[0,0]"))),
  ("a negative size", bytes(entry("[-1,-2]", "[0,16]"))),
  ("one offset", bytes(entry("[2]", "[0]"))),
] {
  try data.write(to: folder.appending(path: "bad.safetensors"))
  check(
    "\(claim): an error that can be caught", (try? Ember.load(file("bad.safetensors"))) == nil)
}

import Ember

let digits = try Digits(contentsOf: "train.csv")
let (image, digit) = digits[5]
print(digits.count, "images; this is a", digit)
for row in 0..<8 {
  print(
    String((0..<8).map { column in Array(" .:-=+*#%@")[Int(image[row * 8 + column] * 9)] }))
}

manualSeed(0)
let model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
let optimizer = Adam(model.parameters, lr: 0.003)
let training = DataLoader(digits, batchSize: 32, shuffle: true)
let test = DataLoader(try Digits(contentsOf: "test.csv"), batchSize: 256)
for epoch in 1...12 {
  let loss = train(model, on: training, with: optimizer)
  let share = accuracy(model, on: test)
  print(
    "epoch \(epoch): loss \((loss * 1000).rounded() / 1000), accuracy \((share * 1000).rounded() / 10) %"
  )
}

try save(model.namedParameters, to: "digits.safetensors")
let later = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
try later.loadStateDict(load("digits.safetensors"))
print(
  accuracy(later, on: test) == accuracy(model, on: test)
    ? "It reads as well as before." : "It has forgotten.")

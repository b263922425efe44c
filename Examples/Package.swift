// swift-tools-version: 6.2
import PackageDescription

let examples = [
  "CNN", "CharRNN", "MinGPT", "MixedPrecision", "Reinforce", "Seq2Seq", "Siamese", "VAE",
  "VisionTransformer", "WordLanguageModel",
]

let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "flambeau", path: "..")],
  targets: examples.map {
    .executableTarget(
      name: $0, dependencies: [.product(name: "Flambeau", package: "flambeau")], path: $0,
      sources: ["main.swift"],
      // So that a script's functions can use its global variables, as in Python.
      swiftSettings: [.swiftLanguageMode(.v5)])
  }
)

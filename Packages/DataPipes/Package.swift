// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "DataPipes",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "DataPipes", targets: ["DataPipes"])
  ],
  dependencies: [
    .package(path: "../Graphs"),
    .package(path: "../Tensors"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
  ],
  targets: [
    .target(
      name: "DataPipes",
      dependencies: [
        .product(name: "Graphs", package: "Graphs"),
        .product(name: "Tensors", package: "Tensors"),
        .product(name: "SwiftCSV", package: "SwiftCSV"),
      ],
      resources: [.copy("Resources/digits")]),
    .testTarget(name: "DataPipesTests", dependencies: ["DataPipes"]),
  ]
)

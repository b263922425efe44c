// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "NN",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "NN", targets: ["NN"])
  ],
  dependencies: [
    .package(path: "../Graphs"),
    .package(path: "../Tensors"),
  ],
  targets: [
    .target(name: "CModules"),
    .target(
      name: "NN",
      dependencies: [
        "CModules",
        .product(name: "Graphs", package: "Graphs"),
        .product(name: "Tensors", package: "Tensors"),
      ]),
    .testTarget(name: "NNTests", dependencies: ["NN"], exclude: ["Golden"]),
  ]
)

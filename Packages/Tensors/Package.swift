// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Tensors",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Tensors", targets: ["Tensors"])
  ],
  dependencies: [
    .package(path: "../Devices"),
    .package(path: "../Graphs"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .target(
      name: "Tensors",
      dependencies: [
        .product(name: "CThreadState", package: "Devices"),
        .product(name: "Devices", package: "Devices"),
        .product(name: "Graphs", package: "Graphs"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .testTarget(
      name: "TensorsTests",
      dependencies: ["Tensors", .product(name: "Graphs", package: "Graphs")],
      resources: [.copy("Golden")]),
  ]
)

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
    .package(path: "../ReferenceDevice"),
    .package(path: "../Support"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .target(
      name: "Tensors",
      dependencies: [
        .product(name: "Devices", package: "Devices"),
        .product(name: "Graphs", package: "Graphs"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "Support", package: "Support"),
      ]),
    .testTarget(
      name: "TensorsTests",
      dependencies: [
        "Tensors", .product(name: "Graphs", package: "Graphs"),
        .product(name: "ReferenceDevice", package: "ReferenceDevice"),
      ],
      resources: [.copy("Golden")]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "NN",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "NN", targets: ["NN"]),
    .library(name: "TensorBoard", targets: ["TensorBoard"]),
  ],
  dependencies: [
    .package(path: "../Devices"),
    .package(path: "../Files"),
    .package(path: "../Graphs"),
    .package(path: "../ReferenceDevice"),
    .package(path: "../Support"),
    .package(path: "../Tensors"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .target(
      name: "NN",
      dependencies: [
        .product(name: "Devices", package: "Devices"),
        .product(name: "Graphs", package: "Graphs"),
        .product(name: "Support", package: "Support"),
        .product(name: "Tensors", package: "Tensors"),
      ]),
    .target(
      name: "TensorBoard",
      dependencies: [
        "NN", .product(name: "Graphs", package: "Graphs"),
        .product(name: "ImageFiles", package: "Files"),
        .product(name: "Support", package: "Support"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["Generated/README.md"]),
    .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard"]),
    .testTarget(
      name: "NNTests",
      dependencies: ["NN", .product(name: "ReferenceDevice", package: "ReferenceDevice")],
      resources: [.copy("Golden")]),
  ]
)

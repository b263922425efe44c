// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Serialization",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Serialization", targets: ["Serialization"])
  ],
  dependencies: [
    .package(path: "../Files"),
    .package(path: "../Tensors"),
  ],
  targets: [
    .target(
      name: "Serialization",
      dependencies: [
        .product(name: "ArrayFiles", package: "Files"), .product(name: "CHDF5", package: "Files"),
        .product(name: "Files", package: "Files"),
        .product(name: "Tensors", package: "Tensors"),
      ]),
    .testTarget(
      name: "SerializationTests",
      dependencies: ["Serialization", .product(name: "ArrayFiles", package: "Files")],
      exclude: ["Golden"]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Serialization",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Serialization", targets: ["Serialization"]),
    .library(name: "ModelFiles", targets: ["ModelFiles"]),
  ],
  dependencies: [
    .package(path: "../Files"),
    .package(path: "../NN"),
    .package(path: "../Support"),
    .package(path: "../Tensors"),
  ],
  targets: [
    .target(
      name: "Serialization",
      dependencies: [
        .product(name: "ArrayFiles", package: "Files"), .product(name: "CHDF5", package: "Files"),
        .product(name: "Files", package: "Files"), .product(name: "Support", package: "Support"),
        .product(name: "Tensors", package: "Tensors"),
      ]),
    .testTarget(
      name: "SerializationTests",
      dependencies: [
        "ModelFiles", "Serialization", .product(name: "ArrayFiles", package: "Files"),
        .product(name: "Files", package: "Files"),
      ],
      resources: [.copy("Golden")]),
    .target(
      name: "ModelFiles", dependencies: ["Serialization", .product(name: "NN", package: "NN")]),
  ]
)

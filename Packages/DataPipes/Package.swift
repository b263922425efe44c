// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "DataPipes",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "DataPipes", targets: ["DataPipes"]),
    .library(name: "DataFiles", targets: ["DataFiles"]),
  ],
  dependencies: [
    .package(path: "../Files"),
    .package(path: "../Support"),
    .package(path: "../Tensors"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .target(name: "CCSV"),
    .target(
      name: "DataPipes",
      dependencies: [
        "CCSV",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Files", package: "Files"),
        .product(name: "Tensors", package: "Tensors"),
      ],
      resources: [.copy("Resources/digits")]),
    .target(
      name: "DataFiles",
      dependencies: [
        "DataPipes",
        .product(name: "ArrayFiles", package: "Files"),
        .product(name: "Files", package: "Files"),
        .product(name: "ImageFiles", package: "Files"),
        .product(name: "Support", package: "Support"),
      ]),
    .testTarget(name: "DataPipesTests", dependencies: ["DataPipes"], resources: [.copy("Golden")]),
    .testTarget(name: "DataFilesTests", dependencies: ["DataFiles"]),
  ]
)

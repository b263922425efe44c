// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Serialization",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Serialization", targets: ["Serialization"])
  ],
  dependencies: [
    .package(path: "../Tensors")
  ],
  targets: [
    .systemLibrary(
      name: "CHDF5Library", pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .target(name: "CHDF5", dependencies: ["CHDF5Library"]),
    .target(
      name: "Serialization",
      dependencies: ["CHDF5", .product(name: "Tensors", package: "Tensors")]),
    .testTarget(name: "SerializationTests", dependencies: ["Serialization"]),
  ]
)

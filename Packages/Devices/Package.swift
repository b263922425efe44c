// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Devices",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Devices", targets: ["Devices"])
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "COperations"),
    .target(
      name: "CKernels", dependencies: ["COperations"], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Devices", dependencies: ["COperations", "CKernels", "COpenBLAS"]),
    .testTarget(name: "DevicesTests", dependencies: ["Devices"]),
  ]
)

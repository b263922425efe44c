// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ReferenceDevice",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "ReferenceDevice", targets: ["ReferenceDevice"])
  ],
  dependencies: [
    .package(path: "../Devices")
  ],
  targets: [
    .target(
      name: "ReferenceDevice", dependencies: [.product(name: "Devices", package: "Devices")]),
    .testTarget(
      name: "ReferenceDeviceTests",
      dependencies: ["ReferenceDevice", .product(name: "Devices", package: "Devices")]),
  ]
)

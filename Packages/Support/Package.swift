// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Support",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Support", targets: ["Support"])
  ],
  targets: [
    .target(name: "Support"),
    .testTarget(name: "SupportTests", dependencies: ["Support"]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ScalarGrad",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "ScalarGrad", targets: ["ScalarGrad"]),
    .library(name: "ScalarNN", targets: ["ScalarNN"]),
  ],
  dependencies: [
    .package(path: "../Graphs")
  ],
  targets: [
    .target(name: "ScalarGrad", dependencies: [.product(name: "Graphs", package: "Graphs")]),
    .target(name: "ScalarNN", dependencies: ["ScalarGrad"]),
    .testTarget(
      name: "ScalarGradTests",
      dependencies: ["ScalarGrad", .product(name: "Graphs", package: "Graphs")]),
    .testTarget(name: "ScalarNNTests", dependencies: ["ScalarNN", "ScalarGrad"]),
  ]
)

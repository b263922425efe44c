// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Devices",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Devices", targets: ["Devices"]),
    .library(name: "CUDASimulator", type: .dynamic, targets: ["CUDASimulator"]),
  ],
  dependencies: [
    .package(path: "../Support")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "COperations"),
    .target(name: "CThreadState", dependencies: ["COperations"]),
    .target(
      name: "CKernels", dependencies: ["COperations"], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CCUDA", dependencies: ["COperations"]),
    .target(name: "COneDNN", dependencies: ["COperations"]),
    .target(name: "CUDAKernels", dependencies: ["COperations"], exclude: ["Kernels"]),
    .target(name: "CUDASimulator", dependencies: ["CCUDA", "COperations", "CUDAKernels"]),
    .target(
      name: "Devices",
      dependencies: [
        "COperations", "CKernels", "COpenBLAS", "COneDNN", "CCUDA", "CThreadState", "CUDAKernels",
        .product(name: "Support", package: "Support"),
      ]),
    .testTarget(
      name: "DevicesTests", dependencies: ["Devices", "CCUDA", "COneDNN", "CUDAKernels"]),
  ]
)

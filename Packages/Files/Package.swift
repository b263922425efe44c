// swift-tools-version: 6.2
import PackageDescription

/// A system library.
func library(_ name: String, pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

let tensors = Target.Dependency.product(name: "Tensors", package: "Tensors")

let package = Package(
  name: "Files",
  platforms: [.macOS(.v15)],
  products: ["Files", "ArrayFiles", "ImageFiles"].map { .library(name: $0, targets: [$0]) } + [
    .library(name: "CHDF5", targets: ["CHDF5"])
  ],
  dependencies: [
    .package(path: "../Support"),
    .package(path: "../Tensors"),
  ],
  targets: [
    .target(name: "CFiles"),
    .target(
      name: "Files", dependencies: ["CFiles", .product(name: "Support", package: "Support")]),

    library("CHDF5Library", pkgConfig: "hdf5", apt: "libhdf5-dev", brew: "hdf5"),
    library("CZip", pkgConfig: "libzip", apt: "libzip-dev", brew: "libzip"),
    library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),
    .target(name: "CHDF5", dependencies: ["CHDF5Library"]),
    library("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev", brew: "xxhash"),
    .target(
      name: "ArrayFiles", dependencies: ["Files", "CHDF5", "CXXHash", "CZip", "CZlib", tensors]),
    .testTarget(
      name: "ArrayFilesTests", dependencies: ["ArrayFiles", "Files", tensors],
      resources: [.copy("Golden")]),

    library("CPNG", pkgConfig: "libpng", apt: "libpng-dev", brew: "libpng"),
    library(
      "CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev", brew: "jpeg-turbo"),
    .target(name: "CImages", dependencies: ["CPNG"]),
    .target(name: "ImageFiles", dependencies: ["Files", "CImages", "CPNG", "CTurboJPEG", tensors]),
    .testTarget(
      name: "ImageFilesTests", dependencies: ["ImageFiles", "Files"], resources: [.copy("Golden")]),
  ]
)

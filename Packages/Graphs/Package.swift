// swift-tools-version: 6.2
import PackageDescription

let support = Target.Dependency.product(name: "Support", package: "Support")

let package = Package(
  name: "Graphs",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Graphs", targets: ["Graphs"]),
    .library(name: "GraphvizRendering", targets: ["GraphvizRendering"]),
  ],
  dependencies: [
    .package(path: "../Support")
  ],
  targets: [
    .target(name: "Graphs", dependencies: [support]),
    .systemLibrary(
      name: "CGraphviz", pkgConfig: "libgvc",
      providers: [.apt(["libgraphviz-dev"]), .brew(["graphviz"])]),
    .target(name: "CGraphReader", dependencies: ["CGraphviz"]),
    .target(
      name: "GraphvizRendering", dependencies: ["CGraphReader", "CGraphviz", "Graphs", support]),
    .testTarget(name: "GraphsTests", dependencies: ["Graphs"]),
    .testTarget(name: "GraphvizRenderingTests", dependencies: ["GraphvizRendering"]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Graphs",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Graphs", targets: ["Graphs"]),
    .library(name: "GraphvizRendering", targets: ["GraphvizRendering"]),
  ],
  targets: [
    .target(name: "Graphs"),
    .systemLibrary(
      name: "CGraphviz", pkgConfig: "libgvc",
      providers: [.apt(["libgraphviz-dev"]), .brew(["graphviz"])]),
    .target(name: "CGraphReader", dependencies: ["CGraphviz"]),
    .target(name: "GraphvizRendering", dependencies: ["CGraphReader", "CGraphviz", "Graphs"]),
    .testTarget(name: "GraphsTests", dependencies: ["Graphs"]),
    .testTarget(name: "GraphvizRenderingTests", dependencies: ["GraphvizRendering"]),
  ]
)

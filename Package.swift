// swift-tools-version: 6.2
import PackageDescription

// Every target of every package, so that clients can depend on the repository by URL, and one
// command builds and tests everything. Each package's own manifest declares the same targets; a
// test compares them.

/// A target of a package in Packages/.
func target(_ package: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Packages/\(package)/Sources/\(name)")
}

/// A system library of a package in Packages/.
func library(_ package: String, _ name: String, pkgConfig: String, apt: String, brew: String)
  -> Target
{
  .systemLibrary(
    name: name, path: "Packages/\(package)/Sources/\(name)", pkgConfig: pkgConfig,
    providers: [.apt([apt]), .brew([brew])])
}

/// The tests of a target of a package in Packages/.
func tests(
  _ package: String, _ name: String, _ dependencies: [Target.Dependency] = [],
  golden: Bool = false, exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
    path: "Packages/\(package)/Tests/\(name)Tests", exclude: exclude,
    resources: golden ? [.copy("Golden")] : [])
}

/// A chapter of Tutorials/ as a program.
func chapter(
  _ name: String, _ folder: String, _ dependencies: [Target.Dependency], data: [String] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Tutorials/\(folder)",
    exclude: ["README.md", "Checks", "Pictures"] + data)
}

// The dependencies of the target Flambeau, which are also products.
let libraries = [
  "ScalarGrad", "ScalarNN", "Graphs", "GraphvizRendering", "Devices", "Tensors", "NN",
  "TensorBoard", "Files", "ArrayFiles", "ImageFiles", "DataPipes", "DataFiles", "Serialization",
  "ModelFiles",
]

let collections = "swift-collections"
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "Flambeau",
  platforms: [.macOS(.v15)],
  products: (libraries + ["Flambeau", "ReferenceDevice"]).map { .library(name: $0, targets: [$0]) }
    + [
      .library(name: "CUDASimulator", type: .dynamic, targets: ["CUDASimulator"]),
      .executable(name: "flambeau", targets: ["FlambeauCommand"]),
    ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    target("Support", "Support"),
    tests("Support", "Support"),

    target("Graphs", "Graphs", ["Support"]),
    library(
      "Graphs", "CGraphviz", pkgConfig: "libgvc", apt: "libgraphviz-dev", brew: "graphviz"),
    target("Graphs", "CGraphReader", ["CGraphviz"]),
    target("Graphs", "GraphvizRendering", ["CGraphReader", "CGraphviz", "Graphs", "Support"]),
    tests("Graphs", "Graphs"),
    tests("Graphs", "GraphvizRendering"),

    target("ScalarGrad", "ScalarGrad", ["Graphs"]),
    target("ScalarGrad", "ScalarNN", ["ScalarGrad"]),
    tests("ScalarGrad", "ScalarGrad", ["Graphs"]),
    tests("ScalarGrad", "ScalarNN", ["ScalarGrad"]),

    library(
      "Devices", "COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev", brew: "openblas"),
    target("Devices", "COperations"),
    target("Devices", "CThreadState", ["COperations"]),
    .target(
      name: "CKernels", dependencies: ["COperations"], path: "Packages/Devices/Sources/CKernels",
      linkerSettings: [.linkedLibrary("m")]),
    target("Devices", "CCUDA", ["COperations"]),
    target("Devices", "COneDNN", ["COperations"]),
    .target(
      name: "CUDAKernels", dependencies: ["COperations"],
      path: "Packages/Devices/Sources/CUDAKernels", exclude: ["Kernels"]),
    target("Devices", "CUDASimulator", ["CCUDA", "COperations", "CUDAKernels"]),
    target(
      "Devices", "Devices",
      [
        "COperations", "CKernels", "COpenBLAS", "COneDNN", "CCUDA", "CThreadState", "CUDAKernels",
        "Support",
      ]),
    tests("Devices", "Devices", ["CCUDA", "COneDNN", "CUDAKernels"]),

    target("ReferenceDevice", "ReferenceDevice", ["Devices"]),
    tests("ReferenceDevice", "ReferenceDevice", ["Devices"]),

    target(
      "Tensors", "Tensors",
      [
        "Devices", "Graphs", .product(name: "HeapModule", package: collections),
        .product(name: "OrderedCollections", package: collections), "Support",
      ]),
    tests("Tensors", "Tensors", ["Graphs", "ReferenceDevice"], golden: true),

    target("Files", "CFiles"),
    target("Files", "Files", ["CFiles", "Support"]),
    library("Files", "CHDF5Library", pkgConfig: "hdf5", apt: "libhdf5-dev", brew: "hdf5"),
    library("Files", "CZip", pkgConfig: "libzip", apt: "libzip-dev", brew: "libzip"),
    library("Files", "CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),
    target("Files", "CHDF5", ["CHDF5Library"]),
    library("Files", "CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev", brew: "xxhash"),
    target("Files", "ArrayFiles", ["Files", "CHDF5", "CXXHash", "CZip", "CZlib", "Tensors"]),
    tests("Files", "ArrayFiles", ["Files", "Tensors"], golden: true),
    library("Files", "CPNG", pkgConfig: "libpng", apt: "libpng-dev", brew: "libpng"),
    library(
      "Files", "CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev",
      brew: "jpeg-turbo"),
    target("Files", "CImages", ["CPNG"]),
    target("Files", "ImageFiles", ["Files", "CImages", "CPNG", "CTurboJPEG", "Tensors"]),
    tests("Files", "ImageFiles", ["Files"], golden: true),

    target("NN", "NN", ["Devices", "Graphs", "Support", "Tensors"]),
    tests("NN", "NN", ["ReferenceDevice"], golden: true),
    .target(
      name: "TensorBoard",
      dependencies: [
        "NN", "Graphs", "ImageFiles", "Support",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      path: "Packages/NN/Sources/TensorBoard", exclude: ["Generated/README.md"]),
    tests("NN", "TensorBoard"),

    target("DataPipes", "CCSV"),
    .target(
      name: "DataPipes",
      dependencies: [
        "CCSV", "Files", "Tensors", .product(name: "DequeModule", package: collections),
      ],
      path: "Packages/DataPipes/Sources/DataPipes", resources: [.copy("Resources/digits")]),
    tests("DataPipes", "DataPipes", golden: true),
    target(
      "DataPipes", "DataFiles", ["ArrayFiles", "DataPipes", "Files", "ImageFiles", "Support"]),
    tests("DataPipes", "DataFiles"),

    target(
      "Serialization", "Serialization", ["ArrayFiles", "CHDF5", "Files", "Support", "Tensors"]),
    target("Serialization", "ModelFiles", ["NN", "Serialization"]),
    tests("Serialization", "Serialization", ["ArrayFiles", "Files", "ModelFiles"], golden: true),

    .target(name: "Flambeau", dependencies: libraries.map { .target(name: $0) }),
    .executableTarget(
      name: "FlambeauCommand",
      dependencies: ["ArrayFiles", "Devices", "Flambeau", "Graphs", "Support", argumentParser]),
    .executableTarget(name: "TutorialCommand", dependencies: ["Support", argumentParser]),

    chapter(
      "Chapter01", "01-one-number-that-remembers", ["ScalarGrad", "GraphvizRendering"]),
    chapter(
      "Chapter02", "02-backward-by-hand-then-by-machine", ["ScalarGrad", "GraphvizRendering"]),
    chapter("Chapter03", "03-neuron-layer-mlp", ["ScalarGrad", "ScalarNN"]),
    chapter("Chapter04", "04-why-tensors", ["NN", "ScalarGrad", "ScalarNN", "Tensors"]),
    chapter("Chapter05", "05-autograd-on-tensors", ["GraphvizRendering", "Tensors"]),
    chapter("Chapter06", "06-how-tensors-are-fast", ["NN", "Tensors"]),
    chapter("Chapter07", "07-modules", ["GraphvizRendering", "NN", "Tensors"]),
    chapter("Chapter08", "08-data", ["DataPipes", "ImageFiles", "Tensors"]),
    chapter("Chapter09", "09-the-training-loop", ["DataPipes", "NN"]),
    chapter("Chapter10", "10-optimizers", ["NN"]),
    chapter("Chapter11", "11-seeing", ["DataPipes", "ImageFiles", "NN"]),
    chapter("Chapter13", "13-sequences", ["DataPipes", "NN", "Tensors"], data: ["Data"]),
    chapter("Chapter14", "14-attention-and-gpt", ["DataPipes", "NN", "Tensors"], data: ["Data"]),
    chapter("Chapter15", "15-devices", ["CUDASimulator", "Devices", "NN", "Tensors"]),
    chapter("Chapter16", "16-extending", ["GraphvizRendering", "NN", "Tensors"]),
    chapter(
      "Chapter17", "17-one-package", ["DataPipes", "GraphvizRendering", "ScalarGrad", "Tensors"]),
    chapter(
      "Chapter12", "12-saving-and-loading", ["DataPipes", "ModelFiles", "NN", "Serialization"],
      data: ["Data", "make_digits.py"]),

    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "ArrayFiles", "DataPipes", "NN", "ScalarNN", "Serialization", "Support", "Tensors",
        argumentParser,
      ],
      path: "Benchmarks",
      exclude: ["README.md", "peer_workloads", "peers.py", "ratios.svg", "requirements.txt"]),

    .executableTarget(
      name: "DeviceReport", dependencies: ["Devices", "NN", "Support", "Tensors", argumentParser],
      path: "Sources/DeviceReport"),

    .executableTarget(
      name: "parity", dependencies: ["NN", "Tensors"], path: "Tests/Parity",
      exclude: [
        "comparison.py", "exceptions.py", "parity.py", "requirements.txt", "samples.py",
        "worker.py",
      ]),

    .testTarget(
      name: "RepositoryTests",
      dependencies: [
        "benchmarks", "DeviceReport", "Flambeau", "FlambeauCommand", "TensorBoard",
        "TutorialCommand",
      ],
      path: "Tests/RepositoryTests", exclude: ["Golden", "read_events.py"]),
  ]
)

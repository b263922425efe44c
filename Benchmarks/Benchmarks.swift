import ArgumentParser
import Foundation
import Tensors

@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Times the same work in Flambeau and in its peers, in turn, on 2 threads each.",
    discussion: """
      With --memory, each side does the work in a process of its own.

      The groups are \(Group.all.map(\.name).joined(separator: ", ")).
      """)

  @Option(help: "Only the workloads of this group; may be given several times.")
  var group: [String] = []

  @Option(help: "Only the workloads whose name holds this text; may be given several times.")
  var only: [String] = []

  @Flag(help: "Print an array of JSON objects: name, group, ours and peer in seconds, ratio …")
  var json = false

  @Option(help: "Draw the ratios in this file, as SVG.")
  var plot: String?

  @Option(help: "How often each side is timed.")
  var rounds = 9

  @Option(help: "The threads of each side: 1, 2 or both, one after the other.")
  var threads = Threads.two

  @Option(help: "Compare training steps with those that torch.compile or jax.jit has compiled.")
  var compile: Compiler?

  @Option(
    help: "Where both sides work, as in cuda:0; only what computes and trains is done there.",
    transform: { try Device($0) })
  var device = Device.cpu

  @Flag(help: "Measure the memory that each workload takes instead of its time.")
  var memory = false

  @Flag(help: "Measure how long a process takes from its start to its first result.")
  var start = false

  @Flag(help: .hidden)
  var list = false

  @Option(help: .hidden)
  var memoryOf: String?

  @Flag(help: .hidden)
  var firstResult = false

  @Option(help: .hidden)
  var python = "python3"

  @Option(help: .hidden)
  var peers = "Benchmarks/peers.py"

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
    try device.requireAvailable()
    guard device == .cpu || !(memory || start) else {
      throw ValidationError("--memory and --start measure on the CPU, without --device")
    }
    guard plot == nil || !(memory || start) else {
      throw ValidationError("--plot draws the ratios of times, without --memory and --start")
    }
    if let unknown = group.first(where: { name in !Group.all.contains { $0.name == name } }) {
      let names = Group.all.map(\.name).joined(separator: ", ")
      throw ValidationError("no group is named “\(unknown)”; there are \(names)")
    }
    let all = Group.all.flatMap(\.workloads)
    if let unknown = only.first(where: { text in !all.contains { $0.matches(text) } }) {
      let names = all.map { "  \($0.name)" }.joined(separator: "\n")
      throw ValidationError("no workload's name holds “\(unknown)”; there are\n\(names)")
    }
  }

  func run() throws {
    if let memoryOf,
      let workload = Group.all.flatMap(\.workloads).first(where: { $0.name == memoryOf })
    {
      return try MemoryMeasurement.printOwn(workload)
    }
    if firstResult { return print((Tensor.ones([3]) + 1).sum().item()) }
    if list { return try printNames() }
    let table = Table(
      nameWidth: Group.all.flatMap(chosen).map(\.name.count).max() ?? 0,
      showsThreads: threads == .both)
    if !json { print(table.title) }
    if start {
      return print(table.row(try StartMeasurement(python: python, rounds: rounds)))
    }
    if memory {
      return try report {
        try MemoryMeasurement($0, of: $1, python: python, peers: peers)
      } row: {
        table.row($0)
      }
    }
    let load = OtherLoad()
    let peer = try Peer(python: python, script: peers, device: device, compiler: compile)
    defer {
      peer.stop()
      load.warn()
    }
    let machine = Machine(device: device, peer: peer)
    try report {
      try Measurement(
        $0, of: $1, on: device, against: peer, machine: machine, rounds: rounds, threads: threads)
    } row: {
      table.row($0)
    } draw: { results in
      if let plot { try Data(Plot(results).svg.utf8).write(to: URL(fileURLWithPath: plot)) }
    }
  }

  /// Prints the names of all workloads by group, for `peers.py --check`.
  private func printNames() throws {
    let names = Dictionary(
      uniqueKeysWithValues: Group.all.map { ($0.name, $0.workloads.map(\.name)) })
    print(String(decoding: try JSONEncoder().encode(names), as: UTF8.self))
  }

  /// The chosen workloads of a group.
  private func chosen(_ group: Group) -> [Workload] {
    guard self.group.isEmpty || self.group.contains(group.name),
      compile == nil || group.name == "steps"
    else { return [] }
    return group.workloads.filter {
      (only.isEmpty || only.contains(where: $0.matches)) && (device == .cpu || $0.isForAnyDevice)
    }
  }

  /// Measures the chosen workloads; the others still if one fails.
  private func report<Result: Encodable>(
    _ measure: (Workload, Group) throws -> Result, row: (Result) -> String,
    draw: ([Result]) throws -> Void = { _ in }
  ) throws {
    var (results, hasErrors): ([Result], Bool) = ([], false)
    for group in Group.all {
      let workloads = chosen(group)
      if !json && !workloads.isEmpty { print("\n\(group.name)") }
      for workload in workloads {
        do {
          let result = try measure(workload, group)
          results.append(result)
          if !json { print(row(result)) }
        } catch let error as BenchmarkError where error.isMissing && compile != nil {
          continue
        } catch let error as BenchmarkError where error.isOfOneWorkload {
          FileHandle.standardError.write(Data("Error: \(error.localizedDescription)\n".utf8))
          hasErrors = true
        }
      }
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(results), as: UTF8.self))
    }
    try draw(results)
    if hasErrors { throw ExitCode.failure }
  }
}

/// The numbers of threads with which both sides work.
enum Threads: String, CaseIterable, ExpressibleByArgument {
  case one = "1"
  case two = "2"
  case both

  var counts: [Int] { self == .both ? [1, 2] : [Int(rawValue)!] }
}

/// What compiles the peers' training steps.
enum Compiler: String, CaseIterable, ExpressibleByArgument {
  case torch
  case jax
}

extension Workload {
  func matches(_ text: String) -> Bool { name.localizedCaseInsensitiveContains(text) }
}

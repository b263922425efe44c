import ArgumentParser

@main
struct FlambeauCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flambeau",
    abstract: "Flambeau, a deep-learning library in Swift, at work.",
    version: "0.1.0",
    subcommands: [
      DigitsCommand.self, GraphCommand.self, InspectCommand.self, DevicesCommand.self,
      KernelsCommand.self,
    ],
    defaultSubcommand: DigitsCommand.self)
}

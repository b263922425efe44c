import ArgumentParser
import Support

@main
struct FlambeauCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flambeau",
    abstract: "Flambeau, a deep-learning library in Swift, at work.",
    version: flambeauVersion,
    subcommands: [
      DigitsCommand.self, GraphCommand.self, InspectCommand.self, DevicesCommand.self,
      KernelsCommand.self,
    ],
    defaultSubcommand: DigitsCommand.self)
}

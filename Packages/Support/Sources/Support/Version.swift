/// The version of Flambeau, as in the changelog, the release's tag, and the files that it writes.
public let flambeauVersion = "0.1.0"

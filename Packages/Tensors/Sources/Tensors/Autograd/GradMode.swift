@_spi(Flambeau) import Devices

/// Whether operations are recorded here and now.
var isGradEnabled: Bool { !AmbientState.disablesGrad }

/// Runs `body` without recording operations, on this thread: `torch.no_grad`.
///
/// Results do not require gradients, whatever they are computed from. It has nothing to do with
/// `eval()`, which changes how some modules compute.
public func noGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradEnabled(false, body)
}

/// Runs `body`, which may wait, without recording operations, in this task and its child tasks.
@_disfavoredOverload
public func noGrad<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await withAmbient({ $0.disables_grad = true }, body)
}

/// Runs `body` with operations recorded, on this thread, inside of ``noGrad(_:)`` too:
/// `torch.enable_grad`.
public func enableGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradEnabled(true, body)
}

/// Runs `body`, which may wait, with operations recorded, in this task and its child tasks.
@_disfavoredOverload
public func enableGrad<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await withAmbient({ $0.disables_grad = false }, body)
}

/// Whether ``detectAnomaly(_:)`` is on here and now.
var isDetectingAnomalies: Bool { AmbientState.detectsAnomalies }

/// Runs `body`, in which a backward pass stops the program where a derivative first makes a NaN, with
/// the operation's name, on this thread: `torch.autograd.detect_anomaly`. It is slow.
public func detectAnomaly<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withAmbient({ $0.detects_anomalies = true }, body)
}

/// Runs `body`, which may wait, in the same way, in this task and its child tasks.
@_disfavoredOverload
public func detectAnomaly<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await withAmbient({ $0.detects_anomalies = true }, body)
}

func withGradEnabled<Result>(_ enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
  try withAmbient({ $0.disables_grad = !enabled }, body)
}

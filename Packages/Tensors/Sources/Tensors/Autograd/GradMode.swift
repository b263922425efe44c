@_spi(Flambeau) import Devices

/// Whether operations are currently recorded.
var isGradEnabled: Bool { !AmbientState.disablesGrad }

/// Runs `body` without recording operations, on this thread: `torch.no_grad`.
///
/// Results do not require gradients, whatever they are computed from. It is unrelated to
/// `eval()`, which changes how some modules compute.
public func noGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradEnabled(false, body)
}

/// Runs an asynchronous `body` without recording operations, in this task and its child tasks.
@_disfavoredOverload
public func noGrad<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await withAmbient({ $0.disables_grad = true }, body)
}

/// Runs `body` with operations recorded, on this thread, even inside ``noGrad(_:)``:
/// `torch.enable_grad`.
public func enableGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradEnabled(true, body)
}

/// Runs an asynchronous `body` with operations recorded, in this task and its child tasks.
@_disfavoredOverload
public func enableGrad<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await withAmbient({ $0.disables_grad = false }, body)
}

/// Whether ``detectAnomaly(_:)`` is currently on.
var isDetectingAnomalies: Bool { AmbientState.detectsAnomalies }

/// Runs `body`, on this thread, in which a backward pass stops the program at the first derivative
/// that produces NaN, naming the operation: `torch.autograd.detect_anomaly`. It is slow.
public func detectAnomaly<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withAmbient({ $0.detects_anomalies = true }, body)
}

/// Runs an asynchronous `body` in the same way, in this task and its child tasks.
@_disfavoredOverload
public func detectAnomaly<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  try await withAmbient({ $0.detects_anomalies = true }, body)
}

func withGradEnabled<Result>(_ enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
  try withAmbient({ $0.disables_grad = !enabled }, body)
}

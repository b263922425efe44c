import CAutograd

/// Whether operations on this thread are recorded.
var isGradEnabled: Bool { flambeau_grad_is_enabled() }

/// Runs `body` without recording operations, on this thread: `torch.no_grad`.
///
/// Results do not require gradients, whatever they are computed from. It has nothing to do with
/// `eval()`, which changes how some modules compute.
public func noGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradEnabled(false, body)
}

/// Runs `body` with operations recorded, on this thread, inside of ``noGrad(_:)`` too:
/// `torch.enable_grad`.
public func enableGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradEnabled(true, body)
}

/// Whether ``detectAnomaly(_:)`` is on for this thread.
var isDetectingAnomalies: Bool { flambeau_is_detecting_anomalies() }

/// Runs `body`, in which a backward pass stops the program where a derivative first makes a NaN, with
/// the operation's name: `torch.autograd.detect_anomaly`. It is slow.
public func detectAnomaly<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = flambeau_is_detecting_anomalies()
  flambeau_set_detects_anomalies(true)
  defer { flambeau_set_detects_anomalies(before) }
  return try body()
}

func withGradEnabled<Result>(_ enabled: Bool, _ body: () throws -> Result) rethrows -> Result {
  let before = flambeau_grad_is_enabled()
  flambeau_set_grad_enabled(enabled)
  defer { flambeau_set_grad_enabled(before) }
  return try body()
}

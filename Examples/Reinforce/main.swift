// REINFORCE learns to balance a pole on a cart.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) } ?? 500

let gamma = 0.99
let maxEpisodeSteps = 500
let rewardThreshold = 400.0

struct CartPole {
  let gravity = 9.8, cartMass = 1.0, poleMass = 0.1, halfLength = 0.5
  let forceSize = 10.0, timeStep = 0.02
  let maxPosition = 2.4, maxAngle = 12 * Double.pi / 180
  var state: [Double] = []

  mutating func reset() -> [Double] {
    state = Tensor.empty([4], dtype: .float64).uniform_(-0.05, 0.05).tolist(as: [Double].self)
    return state
  }

  mutating func step(_ action: Int) -> (state: [Double], reward: Double, done: Bool) {
    var (x, velocity, angle, spin) = (state[0], state[1], state[2], state[3])
    let force = action == 1 ? forceSize : -forceSize
    let totalMass = cartMass + poleMass
    let (sine, cosine) = (sin(angle), cos(angle))
    let push = (force + poleMass * halfLength * spin * spin * sine) / totalMass
    let inertia = halfLength * (4 / 3 - poleMass * cosine * cosine / totalMass)
    let turn = (gravity * sine - cosine * push) / inertia
    let acceleration = push - poleMass * halfLength * turn * cosine / totalMass
    x += timeStep * velocity
    velocity += timeStep * acceleration
    angle += timeStep * spin
    spin += timeStep * turn
    state = [x, velocity, angle, spin]
    return (state, 1, abs(x) > maxPosition || abs(angle) > maxAngle)
  }
}

final class Policy: Module {
  let hidden = Linear(4, 128)
  let dropout = Dropout(0.6)
  let output = Linear(128, 2)

  override func forward(_ x: Tensor) -> Tensor {
    output(dropout(hidden(x)).relu()).softmax(dim: 1)
  }
}

manualSeed(0)
var env = CartPole()
let policy = Policy()
let optimizer = Adam(policy.parameters(), lr: 1e-2)
let eps = Double(Float.ulpOfOne)

func selectAction(_ state: [Double]) -> (action: Int, logProb: Tensor) {
  let probs = policy(Tensor(state).unsqueeze(0))
  let action = probs.multinomial(1)
  return (action.item(as: Int.self), probs.log().gather(dim: 1, index: action).squeeze(1))
}

func finishEpisode(_ logProbs: [Tensor], _ rewards: [Double]) -> Double {
  var R = 0.0
  var discounted: [Double] = []
  for r in rewards.reversed() {
    R = r + gamma * R
    discounted.insert(R, at: 0)
  }
  var returns = Tensor(discounted)
  returns = (returns - returns.mean()) / (returns.std() + eps)
  let loss = -(Tensor.cat(logProbs) * returns).sum()
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  return loss.item()
}

var runningReward = 10.0
for episode in 1...steps {
  var state = env.reset()
  var logProbs: [Tensor] = []
  var rewards: [Double] = []
  for _ in 0..<maxEpisodeSteps {
    let (action, logProb) = selectAction(state)
    let (next, reward, done) = env.step(action)
    state = next
    logProbs.append(logProb)
    rewards.append(reward)
    if done { break }
  }
  let episodeReward = rewards.reduce(0, +)
  runningReward = 0.05 * episodeReward + 0.95 * runningReward
  let loss = finishEpisode(logProbs, rewards)
  if steps < 100 || episode % 20 == 0 {
    print(
      String(
        format: "episode %d reward %.0f loss %.4f running reward %.2f", episode, episodeReward,
        loss, runningReward))
  }
  if runningReward > rewardThreshold {
    print("solved after \(episode) episodes")
    break
  }
}
print(String(format: "running reward %.2f", runningReward))

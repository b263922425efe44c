// The derivatives as formulas, for people who watch backward run. What computes them stands at the
// operations; a test holds that each of those has a formula here.

/// How an operation's output changes with one of its inputs. Where inputs are named, they are x, y, z in
/// the order of the arguments; `g` is the gradient of the output.
func derivativeFormula(of operation: String, _ input: Int) -> String {
  guard let known = formulas[operation] else { return "as \(operation)'s own derivative says" }
  return known[min(input, known.count - 1)]
}

/// By the operation's name; the last one is for all inputs after it, too.
let formulas: [String: [String]] = [
  // Arithmetic.
  "add": ["∂(x+y)/∂x = 1", "∂(x+y)/∂y = 1"],
  "subtract": ["∂(x-y)/∂x = 1", "∂(x-y)/∂y = -1"],
  "multiply": ["∂(x·y)/∂x = y", "∂(x·y)/∂y = x"],
  "divide": ["∂(x/y)/∂x = 1/y", "∂(x/y)/∂y = -x/y²"],
  "power": ["∂xʸ/∂x = y·xʸ⁻¹", "∂xʸ/∂y = xʸ·log x"],
  "remainder": ["∂(x mod y)/∂x = 1", "∂(x mod y)/∂y = -⌊x/y⌋"],
  "negate": ["∂(-x)/∂x = -1"],
  "abs": ["∂|x|/∂x = sign x"],
  "square": ["∂x²/∂x = 2x"],
  "sqrt": ["∂√x/∂x = 1/(2√x)"],
  "rsqrt": ["∂x^(-½)/∂x = -½·x^(-3/2)"],
  "reciprocal": ["∂(1/x)/∂x = -1/x²"],
  "atan2": ["∂atan2(x,y)/∂x = y/(x²+y²)", "∂atan2(x,y)/∂y = -x/(x²+y²)"],
  "logaddexp": ["∂log(eˣ+eʸ)/∂x = eˣ/(eˣ+eʸ)", "∂log(eˣ+eʸ)/∂y = eʸ/(eˣ+eʸ)"],
  "maximum": ["∂max(x,y)/∂x = 1 where x > y, else 0", "∂max(x,y)/∂y = 1 where y > x, else 0"],
  "minimum": ["∂min(x,y)/∂x = 1 where x < y, else 0", "∂min(x,y)/∂y = 1 where y < x, else 0"],

  // Functions of each element.
  "exp": ["∂eˣ/∂x = eˣ"], "exp2": ["∂2ˣ/∂x = 2ˣ·log 2"], "expm1": ["∂(eˣ-1)/∂x = eˣ"],
  "log": ["∂log x/∂x = 1/x"], "log2": ["∂log₂x/∂x = 1/(x·log 2)"],
  "log10": ["∂log₁₀x/∂x = 1/(x·log 10)"], "log1p": ["∂log(1+x)/∂x = 1/(1+x)"],
  "sin": ["∂sin x/∂x = cos x"], "cos": ["∂cos x/∂x = -sin x"], "tan": ["∂tan x/∂x = 1+tan²x"],
  "asin": ["∂asin x/∂x = 1/√(1-x²)"], "acos": ["∂acos x/∂x = -1/√(1-x²)"],
  "atan": ["∂atan x/∂x = 1/(1+x²)"],
  "sinh": ["∂sinh x/∂x = cosh x"], "cosh": ["∂cosh x/∂x = sinh x"],
  "tanh": ["∂tanh x/∂x = 1-tanh²x"],
  "asinh": ["∂asinh x/∂x = 1/√(x²+1)"], "acosh": ["∂acosh x/∂x = 1/√(x²-1)"],
  "atanh": ["∂atanh x/∂x = 1/(1-x²)"],
  "erf": ["∂erf x/∂x = 2/√π·e^(-x²)"], "erfc": ["∂erfc x/∂x = -2/√π·e^(-x²)"],
  "sigmoid": ["∂σ(x)/∂x = σ(x)·(1-σ(x))"],
  "logSigmoid": ["∂log σ(x)/∂x = σ(-x)"],
  "relu": ["∂relu(x)/∂x = 1 where x > 0, else 0"],
  "leakyRelu": ["∂leakyRelu(x)/∂x = 1 where x > 0, else the slope"],
  "elu": ["∂elu(x)/∂x = 1 where x > 0, else α·eˣ"],
  "selu": ["∂selu(x)/∂x = s where x > 0, else s·α·eˣ"],
  "prelu": ["∂prelu(x)/∂x = 1 where x > 0, else w", "∂prelu(x)/∂w = x where x < 0, else 0"],
  "gelu": ["∂(x·Φ(x))/∂x = Φ(x)+x·φ(x)"], "geluTanh": ["∂gelu(x)/∂x, by tanh"],
  "silu": ["∂(x·σ(x))/∂x = σ(x)·(1+x·(1-σ(x)))"],
  "mish": ["∂(x·t)/∂x = t+x·σ(x)·(1-t²), t = tanh(softplus x)"],
  "softplus": ["∂softplus(x)/∂x = σ(β·x)"],
  "softsign": ["∂softsign(x)/∂x = 1/(1+|x|)²"],
  "hardtanh": ["∂hardtanh(x)/∂x = 1 between the limits, else 0"],
  "hardswish": ["∂hardswish(x)/∂x = (2x+3)/6 for |x| < 3, 1 above, 0 below"],
  "hardsigmoid": ["∂hardsigmoid(x)/∂x = 1/6 for |x| < 3, else 0"],
  "gate": ["∂(x·σ(y))/∂x = σ(y), ∂(x·σ(y))/∂y = x·σ(y)·(1-σ(y))"],
  "clamp": ["∂clamp(x)/∂x = 1 between the limits, else 0"],
  "sign": ["∂sign x/∂x = 0"], "floor": ["∂⌊x⌋/∂x = 0"], "ceil": ["∂⌈x⌉/∂x = 0"],
  "round": ["∂round x/∂x = 0"], "trunc": ["∂trunc x/∂x = 0"], "frac": ["∂frac x/∂x = 1"],

  // Reductions.
  "sum": ["∂Σx/∂xᵢ = 1: g, repeated"], "mean": ["∂(Σx/n)/∂xᵢ = 1/n: g/n, repeated"],
  "prod": ["∂Πx/∂xᵢ = Πx/xᵢ"],
  "max": ["g goes to the largest"], "min": ["g goes to the smallest"],
  "amax": ["g goes to the largest, in equal parts"],
  "amin": ["g goes to the smallest, in equal parts"],
  "median": ["g goes to the median"],
  "logsumexp": ["∂log Σeˣ/∂x = softmax(x)"],
  "softmax": ["∂L/∂x = s·(g-Σ g·s), s = softmax(x)"],
  "logSoftmax": ["∂L/∂x = g-softmax(x)·Σg"],
  "variance": ["∂σ²/∂xᵢ = 2(xᵢ-x̄)/(n-1)"], "std": ["∂σ/∂xᵢ = (xᵢ-x̄)/(σ·(n-1))"],
  "norm": ["∂‖x‖/∂x = x/‖x‖"],
  "cumsum": ["∂L/∂xᵢ = the sum of g from i on"],
  "cumprod": ["∂L/∂xᵢ = Σ g·y/xᵢ from i on"],

  // Products.
  "matmul": ["∂L/∂x = g • yᵀ", "∂L/∂y = xᵀ • g"],
  "linear": ["∂L/∂x = g • w", "∂L/∂w = gᵀ • x", "∂L/∂b = g, summed over the rows"],
  "conv2d": [
    "∂L/∂x = g through the transposed convolution", "∂L/∂w = g convolved with x",
    "∂L/∂b = g, summed over all but channels",
  ],
  "conv2dOfWeight": ["∂L/∂x = g through the transposed convolution", "∂L/∂w = g convolved with x"],
  "convTranspose2d": [
    "∂L/∂x = g through the convolution", "∂L/∂w = x convolved with g",
    "∂L/∂b = g, summed over all but channels",
  ],
  "attention": [
    "∂L/∂q = ds • k, s = q • kᵀ/√d", "∂L/∂k = dsᵀ • q", "∂L/∂v = softmax(s)ᵀ • g",
    "∂L/∂mask = ds",
  ],
  "lstm": ["∂L/∂gates, step by step back in time", "∂L/∂h₀", "∂L/∂c₀", "∂L/∂w = Σ dgatesᵀ • h"],
  "inverse": ["∂L/∂x = -yᵀ • g • yᵀ"], "det": ["∂det x/∂x = det x·x⁻ᵀ"],
  "slogdet": ["∂log|det x|/∂x = x⁻ᵀ"],
  "solve": ["∂L/∂x = -(x⁻ᵀ•g) • yᵀ", "∂L/∂b = x⁻ᵀ • g"],
  "cholesky": ["∂L/∂x = l⁻ᵀ • Φ(lᵀ•g) • l⁻¹"], "qr": ["through q and r"],
  "svd": ["through u, s and v"], "eigh": ["through eigenvalues and vectors"],

  // Normalisation and losses.
  "layerNorm": ["∂L/∂x = (d-mean d-x̂·mean(d·x̂))/σ, d = g·w", "∂L/∂w = Σ g·x̂", "∂L/∂b = Σ g"],
  "rmsNorm": ["∂L/∂x = (d-x̂·mean(d·x̂))/rms, d = g·w", "∂L/∂w = Σ g·x̂"],
  "crossEntropy": ["∂L/∂x = (softmax(x)-target)·g"],

  // Elements in other places: the gradient goes back to where they came from.
  "where": ["g where the condition holds, else 0", "g where it does not, else 0"],
  "indexSelect": ["g, added at the rows that were taken"],
  "embedding": ["g, added at the rows that were taken"],
  "gather": ["g, added at the places that were taken"],
  "scatter": ["g, 0 at the places that were replaced", "g at those places"],
  "scatterAdd": ["g", "g at those places"],
  "index": ["g, added at the places that were taken"],
  "place": ["g at the places that were taken"],
  "assign": ["g, 0 at the part that was replaced", "g at that part"],
  "clear": ["g, 0 at the part that was cleared"],
  "cat": ["the part of g that this input became"],
  "stack": ["the part of g that this input became"],
  "pad": ["g without the border"],
  "flip": ["g, flipped back"], "roll": ["g, rolled back"],
  "repeat": ["g, summed over the copies"],
  "columns": ["g, added at the places that windows took"],
  "image": ["g, at the places that windows took"],
  "interpolate": ["g, by the same weights back to where it came from"],

  // Views and copies.
  "to": ["g in the input's dtype"], "clone": ["g"], "contiguous": ["g"],
  "view": ["g in the input's shape"], "reshape": ["g in the input's shape"],
  "permute": ["g, dims in their old order"], "transpose": ["g, transposed back"],
  "expand": ["g, summed over the copies"], "select": ["g at that place, else 0"],
  "narrow": ["g at that part, else 0"], "slice": ["g at that part, else 0"],
  "squeeze": ["g in the input's shape"], "unsqueeze": ["g in the input's shape"],
  "unflatten": ["g in the input's shape"], "flatten": ["g in the input's shape"],
  "asStrided": ["g, added at the places that were taken"],
  "diagonal": ["g on the diagonal, else 0"],
  "unfold": ["g, added at the places that windows took"],
]

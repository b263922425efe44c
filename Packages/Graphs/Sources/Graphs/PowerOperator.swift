precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

/// To the power of; binds tighter than `*`, and `a ** b ** c` is `a ** (b ** c)`.
// Declared once, in a module that both ScalarGrad and Tensors export, since two declarations would
// be ambiguous in a program that imports both.
infix operator ** : PowerPrecedence

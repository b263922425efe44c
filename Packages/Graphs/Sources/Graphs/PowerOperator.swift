precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

/// To the power of; binds closer than `*`, and `a ** b ** c` is `a ** (b ** c)`.
// Declared once, in what both ScalarGrad and Tensors export: two declarations would be ambiguous in
// a program that imports both.
infix operator ** : PowerPrecedence

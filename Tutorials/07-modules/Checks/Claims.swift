check("the same 105", net.parameters().reduce(0) { $0 + $1.numel }, is: 105)
let cautious = Block(16)
for parameter in [cautious.narrow.weight, cautious.narrow.bias!] {
  noGrad { _ = parameter.copy(from: parameter * 0.001) }
}
let input = Tensor.randn([8, 16])
check(
  "with small weights a block hardly changes anything",
  (cautious(input) - input).abs().amax().item() < 0.01)
let kept = deep[0].parameters().map { $0.clone() }
let rest = deep[3].parameters()[0].clone()
let optimizer = SGD(deep.parameters(), lr: 0.1)
deep(input).square().sum().backward()
optimizer.step()
check(
  "a frozen part stays as it is", zip(deep[0].parameters(), kept).allSatisfy { $0.equal($1) })
check("the rest learns on", !deep[3].parameters()[0].equal(rest))
check("no optimizer sees a buffer", centered.parameters().isEmpty)
check("it is saved with the model", centered.stateDict().keys.contains("mean"))
dropout.train()
let dropped = dropout(Tensor.ones([10_000]))
check("half are set to zero", (dropped .== 0).to(.float32).mean().item(), near: 0.5, within: 0.03)
check("the sum is the same on average", dropped.mean().item(), near: 1, within: 0.06)
net.eval()
check("eval() does not turn recording off", net(Tensor.ones([1, 2])).requiresGrad)

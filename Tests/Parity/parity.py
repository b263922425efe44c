"""Runs PyTorch's operator database against Flambeau and prints a table.

Each call is sent to the program of Parity.swift, with the same memory and strides, and its dtype, shape, values
and gradients are compared with PyTorch's; in float64, second derivatives too.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import torch
from torch.testing._internal.common_methods_invocations import op_db

from comparison import difference, flattened, has_other_strides
from exceptions import reason
from samples import error_samples, in_float64, samples, shown, supported_dtypes
from worker import MissingOption, Request, Stopped, Unsendable, Worker

torch.set_num_threads(1)

# Their contents are not defined.
UNDEFINED = {"empty", "empty_like"}
# The signs of singular vectors and eigenvectors are arbitrary, so both sides return absolute values.
WITHOUT_SIGNS = {"linalg.svd": (0, 2), "svd": (0, 2), "linalg.eigh": (1,)}
# The order of equal elements is undefined, so the elements at the indices are compared instead of the indices.
WITH_TIES = {"argsort", "sort", "topk"}
# The seed of random operations on both sides, which the database uses too.
DRAWING_SEED = 42


@dataclasses.dataclass
class Finding:
    """A call whose result differs from PyTorch's."""

    kind: str
    operation: str
    dtype: str
    arguments: str
    sample: str
    message: str


@dataclasses.dataclass
class Tally:
    """The results of an operation's calls."""

    operation: str
    calls: int = 0
    passed: int = 0
    failed: int = 0
    refused: int = 0
    crashed: int = 0
    explained: int = 0
    strides: int = 0
    missing: dict = dataclasses.field(default_factory=dict)
    findings: list = dataclasses.field(default_factory=list)
    seconds: float = 0


class Comparer:
    """Compares the calls of one operation."""

    def __init__(self, worker, op, name, tally):
        self.worker, self.op, self.name, self.tally = worker, op, name, tally

    def run(self):
        for dtype in supported_dtypes(self.op):
            for sample, kind in samples(self.op, dtype):
                self.count(self.compare, sample, kind, str(dtype)[6:])
        for sample in error_samples(self.op):
            self.count(self.expect_refusal, sample, "error", "")

    def count(self, compare, sample, kind, dtype):
        args, kwargs = [sample.input, *sample.args], dict(sample.kwargs)
        # In an index, a list is a tensor, and a tuple has the indices of several dims.
        is_index = self.name == "__getitem__" and isinstance(args[1], list)
        try:
            sent = [args[0], (args[1],)] if is_index else args
            request = Request(self.name, sent, self.sent(kwargs))
        except Unsendable:
            return
        text = ", ".join([shown(a) for a in args] + [f"{k}={shown(v)}" for k, v in kwargs.items()])
        try:
            verdict, message = compare(request, args, kwargs)
        except MissingOption as option:
            self.tally.calls += 1
            self.tally.missing[str(option)] = self.tally.missing.get(str(option), 0) + 1
            return
        except Stopped as end:
            verdict, message = ("refused" if end.refusal else "crashed"), str(end)
        if verdict == "skipped":
            return
        finding = Finding(verdict, self.name, dtype, text[:300], kind, message[:500])
        if verdict != "passed" and reason(finding):
            verdict = "explained"
        elif verdict != "passed":
            self.tally.findings.append(finding)
        self.tally.calls += 1
        setattr(self.tally, verdict, getattr(self.tally, verdict) + 1)

    @staticmethod
    def sent(kwargs):
        """The options without device="cpu" and requires_grad=False, which are the defaults."""
        return {
            name: value for name, value in kwargs.items()
            if not (name == "device" and str(value) == "cpu")
            and not (name == "requires_grad" and value is False)
        }

    def call(self, args, kwargs):
        torch.manual_seed(DRAWING_SEED)
        results = self.op(*args, **kwargs)
        results = flattened(results)
        for place in WITHOUT_SIGNS.get(self.op.name, ()):
            results[place] = results[place].abs()
        return results

    def expect_refusal(self, request, args, kwargs):
        try:
            self.call(args, kwargs)
            return "skipped", ""
        except (AttributeError, TypeError):
            # Swift's compiler checks the types of arguments.
            return "skipped", ""
        except Exception as error:
            message = str(error).split("\n")[0]
            if "NotImplementedType" in message:
                return "skipped", ""
        try:
            answer = self.worker.ask(request)
        except Stopped as end:
            if end.refusal:
                return "passed", ""
            raise
        if not answer["isLast"]:
            self.finish()
        return "failed", f"a result, where PyTorch says: {message}"

    def compare(self, request, args, kwargs):
        dtypes = {t.dtype for t in request.tensors if t.is_floating_point()}
        if self.name in ("arange", "linspace") and getattr(kwargs.get("dtype"), "is_floating_point", False):
            dtypes.add(kwargs["dtype"])
        with_reference = bool(dtypes) and torch.float64 not in dtypes
        high = (in_float64(args), in_float64(kwargs)) if with_reference else None
        try:
            theirs = self.call(args, kwargs)
        except Exception:
            return "skipped", ""
        references = self.reference(high) if high else None

        answer = self.worker.ask(request)
        ours = answer["tensors"]
        if self.name in WITH_TIES and not kwargs.get("stable"):
            ours, theirs = self.without_ties(args, kwargs, ours, theirs)
        problem = self.check(ours, theirs, references and references[0], "")
        if not problem:
            self.tally.strides += any(
                has_other_strides(strides, tensor)
                for (_, strides), tensor in zip(ours, theirs)
            )
        if not answer["isLast"]:
            problem = self.compare_gradients(request, theirs, high, references, problem)
        return ("failed", problem) if problem else ("passed", "")

    def without_ties(self, args, kwargs, ours, theirs):
        """The results, with the last one, the indices, replaced by the elements at the indices."""
        dim = kwargs.get("dim", args[2] if self.name == "topk" and len(args) > 2 else None)
        if dim is None:
            dim = args[1] if self.name != "topk" and len(args) > 1 else -1
        (places, strides), others = ours[-1], theirs[-1]
        if places.shape != others.shape or places.dtype != others.dtype or args[0].ndim == 0:
            return ours, theirs
        at = [args[0].detach().gather(dim, p) for p in (places, others)]
        return ours[:-1] + [(at[0], strides)], theirs[:-1] + [at[1]]

    def check(self, ours, theirs, references, what):
        if len(ours) != len(theirs):
            return f"{what}{len(ours)} results, PyTorch's {len(theirs)}"
        references = references or [None] * len(theirs)
        for mine, tensor, reference in zip(ours, theirs, references):
            if mine is None or tensor is None:
                # A missing gradient counts as zeros.
                other = mine[0] if mine else tensor
                if other is not None and other.detach().count_nonzero():
                    return f"{what}{'no gradient' if mine is None else 'a gradient'}, unlike PyTorch"
                continue
            is_number = self.name in ("item", "equal", "allclose")
            result = mine[0].to(tensor.dtype) if is_number else mine[0]
            text = difference(result, tensor, reference, values=self.name not in UNDEFINED)
            if text:
                return what + text
        return None

    def compare_gradients(self, request, theirs, high, references, problem):
        leaves = [tensor for tensor in request.tensors if tensor.requires_grad]
        places = [place for place, tensor in enumerate(theirs) if tensor.requires_grad]
        if problem or not places:
            self.finish()
            return problem
        outputs, what = theirs, "gradient: "
        # Second derivatives, if PyTorch supports them.
        twice = outputs[places[0]].dtype == torch.float64 and self.op.supports_gradgrad
        for order in (1, 2):
            torch.manual_seed(order)
            back = [torch.randn_like(outputs[place]).detach() for place in places]
            creates = order == 1 and twice
            names = {"createGraph": True} if twice else {}
            try:
                gradients = torch.autograd.grad(
                    [outputs[place] for place in places], leaves, back, allow_unused=True,
                    retain_graph=True, create_graph=creates,
                )
            except Exception:
                self.finish()
                return None
            expected = None
            if high and order == 1:
                expected = self.reference_gradients(high, references, places, back)
            try:
                answer = self.worker.ask(Request(None, places, names, tensors=back))
            except Stopped as end:
                raise Stopped(end.refusal and what + end.refusal, what + str(end)) from None
            problem = self.check(answer["tensors"], gradients, expected, what)
            if not twice:
                return problem
            places = [
                place for place, tensor in enumerate(gradients)
                if tensor is not None and tensor.requires_grad
            ]
            if problem or order == 2 or not places:
                self.finish()
                return problem
            outputs, what = gradients, "second derivative: "
        return None

    def finish(self):
        """Lets the worker continue with the next call."""
        self.worker.send(Request(None, [], {}))

    def reference(self, high):
        """The results in float64, and the tensors that they depend on; None if they cannot be computed."""
        try:
            leaves = [t for t in Request(None, high[0], self.sent(high[1])).tensors if t.requires_grad]
            return self.call(*high), leaves
        except Exception:
            return None

    def reference_gradients(self, high, references, places, back):
        if not references:
            return None
        results, leaves = references
        try:
            return torch.autograd.grad(
                [results[place] for place in places], leaves,
                [g.to(torch.float64) for g in back], allow_unused=True,
            )
        except Exception:
            return None


@functools.cache
def worker_of(program):
    return Worker(program)


def name_of(op, operations):
    """The name in Flambeau's tables, with the variant if they have it."""
    variant = f"{op.name}.{op.variant_test_name}"
    return variant if variant in operations else op.name


def run(program, name, operations):
    """Tests all of the database's operations with a name, including variants."""
    tally = Tally(name)
    start = time.monotonic()
    for op in op_db:
        if name_of(op, operations) == name:
            Comparer(worker_of(program), op, name, tally).run()
    tally.seconds = round(time.monotonic() - start, 1)
    return tally


def table(tallies, absent):
    columns = ["calls", "passed", "failed", "refused", "crashed", "explained", "strides"]
    lines = [
        "| Operation | calls | passed | failed | refused | crashed | explained | other strides "
        "| options missing |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    def row(label, numbers, missing):
        return f"| {label} | " + " | ".join(str(n) if n else "" for n in numbers) + f" | {missing} |"
    for tally in tallies:
        missing = ", ".join(f"{option} ({n})" for option, n in sorted(tally.missing.items()))
        lines.append(row(tally.operation, [getattr(tally, c) for c in columns], missing))
    totals = [sum(getattr(tally, c) for tally in tallies) for c in columns]
    missing = sum(sum(tally.missing.values()) for tally in tallies)
    lines.append(row(f"**{len(tallies)} operations**", totals, missing or ""))
    if absent:
        lines += ["", f"PyTorch also has {len(absent)} that Flambeau has not: {', '.join(absent)}."]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", action="append", metavar="NAME", help="PyTorch's name of an operation")
    parser.add_argument("--json", action="store_true", help="all findings too, as JSON")
    options = parser.parse_args()

    operations = set(Worker(options.program).operations())
    names = sorted({name_of(op, operations) for op in op_db if op.dtypes})
    chosen = [name for name in names if name in operations]
    absent = [name for name in names if name not in operations]
    if options.only:
        chosen, absent = [name for name in chosen if name in options.only], []
        for name in set(options.only) - set(chosen):
            sys.exit(f"no operation {name}")
    tallies = []
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        tasks = [pool.submit(run, options.program, name, operations) for name in chosen]
        for number, task in enumerate(tasks):
            tallies.append(task.result())
            if sys.stderr.isatty():
                print(f"\r\x1b[K{number + 1}/{len(tasks)} {chosen[number]}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if options.json:
        parts = [dataclasses.asdict(tally) for tally in tallies]
        print(json.dumps({"operations": parts, "absent": absent}, indent=1))
    else:
        print(table(tallies, absent))
        for tally in tallies if options.only else []:
            for finding in tally.findings:
                print(f"{finding.kind}: {finding.dtype} ({finding.arguments}) {finding.message}")


if __name__ == "__main__":
    main()

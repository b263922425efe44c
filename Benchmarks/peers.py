"""The workloads of Benchmarks/Workloads in the libraries that Flambeau is compared with.

Each group is a module of peer_workloads, whose WORKLOADS maps names to functions. Such a function prepares a
workload, and returns a function that runs it a given number of times and returns some numbers of the last result.
A request on standard input, a line of JSON, has the group, the name and the count. With --memory-of GROUP NAME,
only the workload's memory is measured. With --check, the input maps groups to names, and the output has those that
only one side has.

Operations and training run on --device; random numbers are drawn on the CPU first, so that both sides have the
same.
"""

import argparse
import importlib
import json
import resource
import sys
import time

import torch

from peer_workloads import kinds

# As in Flambeau, float32 products use full precision.
torch.backends.cudnn.allow_tf32 = False


def workload(group, name):
    """The peer's name, and the function that prepares the workload."""
    found = importlib.import_module(f"peer_workloads.{group}").WORKLOADS[name]
    return found if isinstance(found, tuple) else (f"torch {torch.__version__.split('+')[0]}", found)


def check(groups):
    """Prints the workloads that only one side has."""
    for group, names in groups.items():
        workloads = importlib.import_module(f"peer_workloads.{group}").WORKLOADS
        for name in names:
            try:
                workloads[name]
            except KeyError:
                print(f"{group}: {name}: only in Flambeau")
        for name in workloads.keys() - set(names):
            print(f"{group}: {name}: only in the peer")


def peak_memory():
    """The peak memory of this process, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure_memory(group, name):
    """Measures the growth of peak memory during three repetitions of a workload, in bytes."""
    peer, prepare = workload(group, name)
    run = prepare()
    before = peak_memory()
    result = run(3)
    print(json.dumps({"peer": peer, "bytes": peak_memory() - before, "result": result}))


def answer_requests():
    name, run = None, None
    for line in sys.stdin:
        question = json.loads(line)
        if torch.get_num_threads() != question["threads"]:
            torch.set_num_threads(question["threads"])
        if question["fresh"] or name != question["name"]:
            name, run = question["name"], None
            try:
                peer, prepare = workload(question["group"], name)
            except KeyError:
                print("null", flush=True)
                continue
            run = prepare()
        start = time.perf_counter()
        result = run(question["count"])
        seconds = time.perf_counter() - start
        print(json.dumps({"peer": peer, "seconds": seconds, "result": result}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory-of", nargs=2, metavar=("GROUP", "NAME"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    parser.add_argument("--compile", choices=["torch", "jax"])
    options = parser.parse_args()
    torch.set_num_threads(2)
    kinds.DEVICE = options.device
    kinds.COMPILER = options.compile
    if options.memory_of:
        measure_memory(*options.memory_of)
    elif options.check:
        check(json.load(sys.stdin))
    else:
        answer_requests()


main()

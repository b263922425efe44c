"""The Swift program that runs Flambeau's side of a call, in a process that may crash."""

import ctypes
import json
import os
import re
import select
import struct
import subprocess
import time

import torch

DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
]
DTYPE_OF_NAME = {str(dtype)[6:]: dtype for dtype in DTYPES}


class Unsendable(Exception):
    """An argument of a type that Flambeau lacks, such as a complex tensor."""


class Stopped(Exception):
    """The process has ended. `refusal` is Flambeau's message, if Flambeau stopped it."""

    def __init__(self, refusal, reason):
        super().__init__(refusal or reason)
        self.refusal = refusal


class MissingOption(Exception):
    pass


class Request:
    """The arguments of a call as bytes, copied before the call can change them."""

    def __init__(self, operation, args, kwargs, tensors=()):
        self.tensors = list(tensors)
        header = {
            "operation": operation,
            "arguments": [self.encode(value) for value in args],
            "names": {name: self.encode(value) for name, value in kwargs.items()},
            "tensors": [describe(tensor) for tensor in self.tensors],
        }
        text = json.dumps(header).encode()
        self.bytes = struct.pack("<I", len(text)) + text + b"".join(map(memory, self.tensors))

    def encode(self, value):
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, torch.Tensor):
            if value.dtype not in DTYPES or value.layout != torch.strided or value.is_conj():
                raise Unsendable(str(value.dtype))
            for place, tensor in enumerate(self.tensors):
                if tensor is value:
                    return {"tensor": place}
            self.tensors.append(value)
            return {"tensor": len(self.tensors) - 1}
        if isinstance(value, int):
            return value
        if isinstance(value, float):
            return {"number": repr(value)}
        if isinstance(value, torch.dtype):
            if value not in DTYPES:
                raise Unsendable(str(value))
            return {"dtype": str(value)[6:]}
        if isinstance(value, torch.device):
            return str(value)
        if value in (torch.strided, torch.preserve_format):
            return None
        if isinstance(value, torch.memory_format):
            return str(value)
        if isinstance(value, slice):
            parts = [value.start, value.stop, value.step]
            if any(part is not None and type(part) is not int for part in parts):
                raise Unsendable("a slice of tensors")
            return {"slice": parts}
        if value is Ellipsis:
            return {"ellipsis": True}
        if isinstance(value, (list, tuple)):
            return [self.encode(part) for part in value]
        raise Unsendable(type(value).__name__)


def describe(tensor):
    # The offset of an empty tensor may be beyond the end of its memory.
    offset = tensor.storage_offset() if tensor.numel() else 0
    return {
        "dtype": str(tensor.dtype)[6:], "shape": list(tensor.shape),
        "strides": list(tensor.stride()), "offset": offset,
        "byteCount": tensor.untyped_storage().nbytes(), "requiresGrad": tensor.requires_grad,
    }


def memory(tensor):
    storage = tensor.untyped_storage()
    return ctypes.string_at(storage.data_ptr(), storage.nbytes()) if storage.nbytes() else b""


class Process:
    def __init__(self, program):
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", FLAMBEAU_NUM_THREADS="1")
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            bufsize=0, env=environment,
        )


class Worker:
    """Sends requests to a process, and replaces it by another after it has ended."""

    def __init__(self, program, timeout=20):
        self.program, self.timeout = program, timeout
        self.process = Process(program).process
        # Starting a process takes longer than most calls, so a spare one is always ready.
        self.spare = Process(program).process

    def operations(self):
        return self.ask(Request(None, [], {}))["operations"]

    def send(self, request):
        try:
            rest = memoryview(request.bytes)
            while rest:
                rest = rest[self.process.stdin.write(rest):]
        except BrokenPipeError:
            pass

    def ask(self, request):
        """Sends a request and returns the next part of the answer."""
        self.send(request)
        deadline = time.monotonic() + self.timeout
        (length,) = struct.unpack("<I", self.read(4, deadline))
        answer = json.loads(self.read(length, deadline))
        if answer.get("missing"):
            raise MissingOption(answer["missing"])
        answer["tensors"] = [
            tensor and self.tensor(tensor, deadline) for tensor in answer["tensors"]
        ]
        return answer

    def tensor(self, description, deadline):
        dtype = DTYPE_OF_NAME[description["dtype"]]
        count = 1
        for size in description["shape"]:
            count *= size
        tensor = torch.empty(0, dtype=dtype)
        if count:
            content = self.read(count * dtype.itemsize, deadline)
            tensor = torch.frombuffer(bytearray(content), dtype=dtype)
        return tensor.reshape(description["shape"]), description["strides"]

    def read(self, count, deadline):
        parts = []
        while count > 0:
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            if not ready:
                self.process.kill()
                self.replace()
                raise Stopped(None, f"no answer within {self.timeout} s")
            part = self.process.stdout.read(count)
            if not part:
                raise self.end()
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def end(self):
        """Why the process has ended."""
        errors = self.process.stderr.read().decode(errors="replace")
        code = self.process.wait()
        self.replace()
        match = re.search(r"(\S+): Fatal error: (.*)", errors, re.DOTALL)
        if not match:
            return Stopped(None, f"signal {-code}: {errors.strip()[-200:]}")
        place, message = match.group(1), match.group(2).strip()
        # Swift's own runtime checks are not messages of the operation.
        if place.startswith("Swift/") or message.startswith("Unexpectedly found nil"):
            return Stopped(None, f"{place}: {message}")
        return Stopped(message, None)

    def replace(self):
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        self.process.wait()
        self.process, self.spare = self.spare, Process(self.program).process

    def stop(self):
        for process in (self.process, self.spare):
            process.stdin.close()
            process.wait()

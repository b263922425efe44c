"""The expected contents of files."""

import json


class Expectations:
    def __init__(self):
        self.files = {}

    def add(self, file, tensors):
        self.files[file] = [
            {
                "key": key,
                "dtype": str(tensor.dtype).removeprefix("torch."),
                "shape": list(tensor.shape),
                "values": tensor.double().flatten().tolist(),
            }
            for key, tensor in tensors.items()
        ]

    def write(self, folder):
        text = json.dumps(self.files).replace('}, {"key"', '},\n{"key"')
        (folder / "expected.json").write_text(text + "\n")

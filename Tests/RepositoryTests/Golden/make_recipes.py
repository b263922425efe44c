"""Writes recipe.layer.json and recipe.optimizer.json: PyTorch's results for those that CONTRIBUTING.md adds.

    pip install torch==2.13.0 && python make_recipes.py

It follows the page in a copy: it adds the page's lines to the tables, and runs the tables' scripts.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
root = here.parents[2]
page = (root / "CONTRIBUTING.md").read_text()
with tempfile.TemporaryDirectory() as folder:
    tests = pathlib.Path(folder) / "NNTests"
    shutil.copytree(root / "Packages/NN/Tests/NNTests", tests)
    for kind, type, script, golden in [
        ("layer", "LayerCase", "make_layers.py", "layers.json"),
        ("optimizer", "OptimizerCase", "make_golden.py", "training.json"),
    ]:
        name, line = re.search(rf'`("(\w+)": {type}\(.*?\}})`', page).group(2, 1)
        table = tests / f"{kind.capitalize()}Table.swift"
        text = table.read_text()
        table.write_text(text.removesuffix("]\n") + f"  {line},\n]\n")
        subprocess.run([sys.executable, tests / "Golden" / script], check=True)
        cases = json.loads((tests / "Golden" / golden).read_text())
        case = cases[name] if kind == "optimizer" else next(c for c in cases if c["name"] == name)
        (here / f"recipe.{kind}.json").write_text(json.dumps(case) + "\n")

"""Asks Python's TensorFlow, NumPy and TensorBoard whether they read what we write, and whether we read what they write.

    python test/interop/run.py          last line: N passed, N failed[, N skipped]

A test is a function `test_*` in one of the modules below; it gets the folder with the files of the Node side.
"""
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
import unittest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
sys.path.insert(0, here)

MODULES = [
    *("checkpoint", "classifier", "evaluation", "exact_gradients", "exports", "formats", "graphs"),
    *("margins", "step_graph", "training", "triplets", "recipe"),
]


def node(*arguments):
    subprocess.run(["node", *arguments], cwd=root, check=True)


def build(outfile):
    options = {
        "entryPoints": ["test/interop/main.ts"],
        "outfile": outfile,
        "bundle": True,
        "platform": "node",
        "format": "cjs",
        "external": ["sharp", "onnxruntime-node", "h5wasm"],
        "logLevel": "warning",
    }
    # Not its program: that is a script or a binary, depending on how the package was installed.
    node("-e", f"require('esbuild').buildSync({json.dumps(options)})")


def main():
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix="facenet-interop-") as folder:
        program = os.path.join(root, "dist", "interop", "main.cjs")
        build(program)
        node(program, "write", os.path.join(folder, "ours"))
        modules = [importlib.import_module(name) for name in MODULES]
        theirs = os.path.join(folder, "theirs")
        os.makedirs(theirs)
        for module in modules:
            if hasattr(module, "prepare"):
                module.prepare(theirs)
        node(program, "read", theirs)
        for module in modules:
            for name, test in vars(module).items():
                if not name.startswith("test_"):
                    continue
                started = time.time()
                try:
                    test(folder)
                    passed += 1
                    print(f"ok      {module.__name__}: {name[5:].replace('_', ' ')} ({time.time() - started:.1f} s)")
                except unittest.SkipTest as reason:
                    skipped += 1
                    print(f"skipped {module.__name__}: {name[5:].replace('_', ' ')}: {reason}")
                except Exception:  # every failure is shown and counted
                    failed += 1
                    print(f"FAILED  {module.__name__}: {name[5:].replace('_', ' ')}")
                    traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

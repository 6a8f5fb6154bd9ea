"""Each of the 28 faults of the design has a test that injects it into something real."""

import ast
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = json.loads(Path(__file__).with_name("faults.json").read_text("utf-8"))


def test_every_fault_is_injected():
    assert sorted(FAULTS, key=int) == [str(number) for number in range(1, 29)]
    assert all(FAULTS.values())


def test_every_test_that_is_named_exists():
    named = sorted({test for tests in FAULTS.values() for test in tests})
    for test in named:
        path, _, name = test.partition("[")[0].partition("::")
        module = ast.parse((ROOT / path).read_text("utf-8"))
        found = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
        assert name in found, f"{test} is not there"

"""What `make bench` starts does something when it is started."""

import ast
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_is_a_program(name):
    last = ast.parse((FOLDER / f"{name}.py").read_text()).body[-1]
    assert isinstance(last, ast.If), f"benchmarks/{name}.py only defines: nothing is measured"
    assert ast.unparse(last.test) == "__name__ == '__main__'"

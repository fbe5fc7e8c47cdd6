"""Speed of the deployment engine: up and no-op preview of 100, 1,000 and 3,000 resources. Growth must be linear.

Program and provider are separate processes, as in production. The provider is that of the tests and does no work, so
this measures the engine, the Pulumi SDK and gRPC. `python -m benchmarks.engine [SIZE ...]`.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.engine_events import Operation

from sandbox.engine.engine import Engine
from sandbox.engine.request import DeploymentRequest, DeploymentResult

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "tests/sandbox/engine/programs/plain"
SIZES = (100, 1000, 3000)
LINEAR = 1.5
"""Limit of the time per resource of the largest stack, relative to the second largest."""


@dataclass(frozen=True)
class Measurement:
    """Seconds of one size."""

    resources: int
    up: float
    preview: float


def measure(resources: int) -> Measurement:
    """Brings a new stack of that many resources up, then previews it unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        backend = Path(folder)
        up = _run(backend, Operation.UP, resources)
        preview = _run(backend, Operation.PREVIEW, resources)
        if set(preview.counts) != {"same"}:
            raise RuntimeError(f"the preview of an unchanged stack found something to do: {dict(preview.counts)}")
        return Measurement(sum(up.counts.values()), up.seconds, preview.seconds)


def _run(backend: Path, operation: Operation, resources: int) -> DeploymentResult:
    world = backend / "world"
    world.mkdir(exist_ok=True)
    request = DeploymentRequest(
        operation=operation,
        project="bench",
        stack="bench",
        program=[str(PROGRAM)],
        program_cwd=PROGRAM,
        config={"bench:count": str(resources)},
        backend=backend,
        passphrase="bench",  # noqa: S106 - nothing here is secret
        plugins={"test": [sys.executable, "-m", "tests.sandbox.engine.testprovider", str(world)]},
        environment={"PYTHONPATH": str(ROOT)},
    )
    result = Engine().run(request, lambda event: None)
    if not result.succeeded:
        raise RuntimeError(f"{operation} of {resources} resources failed")
    return result


def main(sizes: tuple[int, ...] = SIZES) -> int:
    """Prints the table; 1 where growth is not linear."""
    print(f"{'resources':>10} {'up s':>8} {'up /s':>8} {'preview s':>10} {'preview /s':>11} {'up ms each':>11}")
    rows = []
    for size in sizes:
        row = measure(size)
        rows.append(row)
        print(
            f"{row.resources:>10} {row.up:>8.2f} {row.resources / row.up:>8.0f} {row.preview:>10.2f} "
            f"{row.resources / row.preview:>11.0f} {1000 * row.up / row.resources:>11.2f}",
            flush=True,
        )
    if len(rows) < 2:
        return 0
    first, last = rows[-2], rows[-1]
    ratios = {
        "up": (last.up / last.resources) / (first.up / first.resources),
        "preview": (last.preview / last.resources) / (first.preview / first.resources),
    }
    for name, ratio in ratios.items():
        verdict = "linear" if ratio < LINEAR else f"NOT LINEAR (limit {LINEAR})"
        print(f"{name}: time per resource at {last.resources} is {ratio:.2f}x that at {first.resources}: {verdict}")
    return 0 if max(ratios.values()) < LINEAR else 1


if __name__ == "__main__":
    sys.exit(main(tuple(int(text) for text in sys.argv[1:]) or SIZES))

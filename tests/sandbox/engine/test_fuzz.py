"""The engine's invariants under random programs, edits, failing providers and kills.

The state always loads; no resource is lost or made twice; dependencies are never deleted before dependants; a second up
changes nothing. CODEKEEP_FUZZ_EXAMPLES sets how many scenarios are tried.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings

from tests.sandbox.engine.fuzzing import Checker, Run, scenarios
from tests.sandbox.engine.harness import Sandbox
from tests.sandbox.engine.testprovider import World

EXAMPLES = int(os.environ.get("CODEKEEP_FUZZ_EXAMPLES", "100"))
SHARDS = 2  # one per worker of the suite


@pytest.mark.parametrize("shard", range(SHARDS))
def test_invariants_hold_after_every_run(tmp_path: Path, shard: int) -> None:
    box = Sandbox(tmp_path)
    tried = []

    @settings(max_examples=EXAMPLES // SHARDS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(scenarios())
    def hold(runs: list[Run]) -> None:
        tried.append(shard)
        box.reset(Path(tempfile.mkdtemp(dir=tmp_path)))
        checker = Checker(box)
        try:
            for number, run in enumerate(runs):
                note(f"run {number}: {run}")
                checker.run(run)
        finally:
            shutil.rmtree(box.folder)

    try:
        hold()
    finally:
        box.close()
    assert len(tried) >= EXAMPLES // SHARDS
    assert isinstance(box.world, World)

"""The trial of `make test-aws`, on the sandbox: the same code, another engine and another address of AWS."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from tests.aws import __main__ as command
from tests.aws.spec import SPEC

ROOT = Path(__file__).resolve().parents[2]
TRIAL = (
    "import pathlib, sys; from tests.aws.__main__ import prepared; prepared('test', pathlib.Path('.'), 'sandbox').run()"
)
STAYS = {"access-analyzer", "guardduty", "kms", "secretsmanager"}
TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class Place:
    folder: Path
    environment: dict[str, str]

    def codekeep(self, *arguments: str) -> str:
        argv = [sys.executable, "-m", "stacks.cli.main", *arguments]
        done = subprocess.run(argv, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def begin(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", TRIAL],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "Pulumi.yaml").write_text(f"name: codekeep\nruntime: python\nmain: {ROOT / 'stacks'}\n")
    (tmp_path / SPEC.name).write_text(SPEC.read_text())
    (tmp_path / "policies").mkdir()
    shutil.copy(ROOT / "policies" / "waivers.yaml", tmp_path / "policies")
    own = ("AWS_", "CODEKEEP_", "PULUMI_")
    found = Place(tmp_path, {name: value for name, value in os.environ.items() if not name.startswith(own)})
    found.codekeep("sandbox", "start")
    url = json.loads(found.codekeep("sandbox", "status", "--json"))["url"]
    plain = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    sts = boto3.client("sts", endpoint_url=url, region_name="eu-central-1", **plain)
    role = "arn:aws:iam::111122223333:role/administrator"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="trial")["Credentials"]
    found.environment.update(
        AWS_ENDPOINT_URL=url,
        AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
        AWS_SESSION_TOKEN=keys["SessionToken"],
    )
    yield found
    found.codekeep("sandbox", "stop")


def left(out: str) -> set[str]:
    """Services that have something left; fails without the trial's list."""
    (_, _, listed) = out.partition("left in the account, by its tag: ")
    assert listed
    return {line.split(":")[2] for line in listed.splitlines() if line.startswith("  arn:")}


@pytest.mark.whole
def test_a_keep_comes_up_is_tampered_with_and_removed(place: Place) -> None:
    process = place.begin()
    out, _ = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 0, out
    assert "smoke test: outputs are there" in out
    assert "0.0.0.0/0" in out
    assert left(out) <= STAYS
    with pytest.raises(subprocess.CalledProcessError):
        place.codekeep("outputs", "test", "--engine", "sandbox", "--json")  # there is no such stack any more


@pytest.mark.whole
def test_ctrl_c_removes_what_was_made(place: Place) -> None:
    process = place.begin()
    made = place.folder / ".codekeep" / "state" / ".pulumi" / "journals" / "codekeep" / "test.jsonl"
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None and not (made.exists() and made.stat().st_size > 100_000):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in out
    assert "$ codekeep destroy test" in out
    assert left(out) <= STAYS


def test_nothing_is_done_before_the_name_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(command.RefusedError, match="nothing was done"):
        command.confirm("test", lambda question: "yes")
    shown = capsys.readouterr().out
    assert "sum" in shown
    assert "Not in the sum: OpenSearch" in shown
    command.confirm("test", lambda question: "test")


def test_a_keep_with_gpu_nodes_or_a_locked_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.demo.yaml").write_text((ROOT / "Pulumi.demo.yaml").read_text())
    with pytest.raises(command.RefusedError, match="pools: min and warm must be 0") as refused:
        command.prepared("demo", tmp_path)
    for key in ("name", "release", "retention.audit_lock"):
        assert key in str(refused.value)
    with pytest.raises(command.RefusedError, match=r"there is no Pulumi\.none\.yaml"):
        command.prepared("none", tmp_path)

"""A small project for each test, and `codekeep` commands on it as processes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CODEKEEP = (sys.executable, "-m", "stacks.cli.main")
TIMEOUT_SECONDS = 900  # beyond the longest wait of a command: DELETE_SECONDS of the cluster's objects

PROGRAM = '''
import pulumi
import pulumi_aws as aws

settings = pulumi.Config("small")


class Store(pulumi.ComponentResource):
    """A key and a bucket under it."""

    def __init__(self, name, opts=None):
        super().__init__("codekeep:store:Store", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        tags = {"team": settings.get("digest") or "1"}
        self.key = aws.kms.Key(name, deletion_window_in_days=settings.get_int("window") or 7, tags=tags, opts=below)
        self.bucket = aws.s3.Bucket(name, bucket=settings.get("bucket"), tags=tags, opts=below)
        self.register_outputs({"keyArn": self.key.arn})


home = aws.Provider("home", region="eu-west-1")
store = Store("store", pulumi.ResourceOptions(providers={"aws": home}))
aws.sns.Topic(
    "token",
    display_name=pulumi.Output.secret("canary-77aa"),
    opts=pulumi.ResourceOptions(provider=home, parent=store),
)
pulumi.export("keyArn", store.key.arn)
pulumi.export("bucket", store.bucket.bucket)
pulumi.export("token", pulumi.Output.secret("canary-77aa"))
'''


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The JSON lines of standard output; fails if a line is anything else."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def summary(self) -> dict[str, Any]:
        last = self.documents[-1]
        assert last["event"] == "summary"
        return last


@dataclass(frozen=True)
class Keep:
    """A project folder and its sandbox."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / ".codekeep"

    def write(self, stack: str = "dev", program: str = PROGRAM, **config: Any) -> "Keep":
        """Writes the program and one stack's configuration."""
        (self.root / "Pulumi.yaml").write_text("name: small\nruntime: python\nmain: program\n")
        (self.root / "program").mkdir(exist_ok=True)
        (self.root / "program" / "__main__.py").write_text(program)
        values = {f"small:{key}": value for key, value in config.items()}
        (self.root / f"Pulumi.{stack}.yaml").write_text(json.dumps({"config": values}))
        return self

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts `codekeep ARGUMENTS` in the project folder."""
        return subprocess.Popen(
            [*CODEKEEP, *arguments],
            cwd=self.root,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int | None = 0, **environment: str) -> Ran:
        """Runs `codekeep ARGUMENTS` and requires its exit code."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        assert code in (None, process.returncode), f"exit {process.returncode}\n{out}\n{err}"
        return Ran(code=process.returncode, out=out, err=err)

    def sandbox(self, *arguments: str, code: int | None = 0, **environment: str) -> Ran:
        """Like `run`, on the sandbox engine even if pulumi is on PATH."""
        return self.run(*arguments, "--engine", "sandbox", code=code, **environment)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    """An empty project folder; its sandbox account is stopped afterwards."""
    hidden = ("AWS_", "CODEKEEP_", "PULUMI_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    found = Keep(tmp_path, environment)
    yield found
    if found.home.exists():
        found.run("sandbox", "stop", code=None)


@pytest.fixture
def client(keep: Keep) -> Callable[[str], Any]:
    """Makes boto3 clients of the project's sandbox account."""
    import boto3

    def make(service: str) -> Any:
        url = json.loads(keep.run("sandbox", "status", "--json").out)["url"]
        return boto3.client(
            service,
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return make

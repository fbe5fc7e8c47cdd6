"""A scan of a sandbox account by Prowler."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.demo import ROOT, STACK, Demo

REPORT = "report"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`status` is PASS, FAIL, or MANUAL where Prowler could not decide."""

    check: str
    status: str
    kind: str  # of the resource, as AWS Config names it
    resource: str
    detail: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> "Finding":
        """From an event of Prowler's OCSF report."""
        resource = event["resources"][0]
        return cls(
            check=event["metadata"]["event_code"],
            status=event["status_code"],
            kind=resource["type"],
            resource=resource["uid"],
            detail=event["status_detail"],
        )


@contextmanager
def deployed_demo() -> Iterator[str]:
    """The URL of a sandbox account in which the demo keep is up."""
    with tempfile.TemporaryDirectory(prefix="codekeep-prowler-") as folder:
        demo = Demo(Path(folder))
        try:
            demo.output_of("up", STACK, "--engine", "sandbox", "--yes")
            yield str(demo.status()["url"])
        finally:
            demo.output_of("sandbox", "stop")


def scan(python: Path, url: str) -> list[Finding]:
    """What Prowler finds as the deployer of the demo keep, in the keep's region."""
    spec = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text())["config"]["codekeep:tenant"]
    with tempfile.TemporaryDirectory(prefix="codekeep-prowler-") as folder:
        command = [str(python), "-m", "prowler", "aws", "--no-banner", "--only-logs", "--ignore-exit-code-3"]
        command += ["--role", spec["account"]["deployer_role_arn"], "--region", spec["regions"]["primary"]]
        command += ["--output-formats", "json-ocsf", "--output-directory", folder, "--output-filename", REPORT]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": spec["regions"]["primary"],
        }
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        events = json.loads((Path(folder) / f"{REPORT}.ocsf.json").read_text())
    return [Finding.of(event) for event in events]

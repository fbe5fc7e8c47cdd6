"""`make demo`: deploys, uses, changes and removes the keep of Pulumi.demo.yaml on the embedded sandbox.

Runs in a temporary folder with its own sandbox account. Fails if a step does not do what it should.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks import demo_runtime
from benchmarks.inventory import Inventory

ROOT = Path(__file__).resolve().parents[1]
STACK = "demo"
FEWEST_RESOURCES = 120
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
SECOND_LINK = {
    "name": "gitlab",
    "kind": "gitlab",
    "host": "gitlab.demo.example",
    "endpoint_service": "com.amazonaws.vpce.eu-central-1.vpce-svc-0c3d4e5f607182930",
    "ports": [443],
    "repositories": ["mobile/app"],
    "groups": [],
}


class DemoError(Exception):
    """A step of the demo did not do what it should."""


class Demo:
    """A temporary copy of the demo's stack file, and `codekeep` commands on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack_file = folder / f"Pulumi.{STACK}.yaml"
        self.stack_file.write_text((ROOT / self.stack_file.name).read_text())
        project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump({**project, "main": str(ROOT / project["main"])}))

    def codekeep(self, *arguments: str) -> None:
        """Runs a command and shows its output."""
        print(f"\n$ codekeep {' '.join(arguments)}", flush=True)
        done = subprocess.run(self._argv(arguments), cwd=self.folder, env=self._environment, check=False)
        require(done.returncode == 0, f"codekeep {' '.join(arguments)} ended with {done.returncode}")

    def output_of(self, *arguments: str) -> str:
        """Runs a command; its standard output."""
        done = subprocess.run(
            self._argv(arguments), cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )
        require(done.returncode == 0, f"codekeep {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def events(self, *arguments: str) -> list[dict[str, Any]]:
        """The events of a deployment; the summary is the last."""
        lines = self.output_of(*arguments, "--engine", "sandbox", "--json").splitlines()
        return [json.loads(line) for line in lines]

    def graph(self) -> dict[str, Any]:
        """The graph of the stack's state."""
        found: dict[str, Any] = json.loads(
            self.output_of("graph", STACK, "--from", "state", "--engine", "sandbox", "--format", "json")
        )
        return found

    def status(self) -> dict[str, Any]:
        """The status of the sandbox account."""
        found: dict[str, Any] = json.loads(self.output_of("sandbox", "status", "--json"))
        return found

    @property
    def spec(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(self.stack_file.read_text())["config"]["codekeep:tenant"]
        return found

    def write_spec(self, spec: dict[str, Any]) -> None:
        self.stack_file.write_text(yaml.safe_dump({"config": {"codekeep:tenant": spec}}, sort_keys=False))

    @property
    def _environment(self) -> dict[str, str]:
        ours = ("AWS_", "CODEKEEP_", "PULUMI_")
        return {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    def _argv(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "stacks.cli.main", *arguments]


def main() -> None:
    """Runs and checks the steps of the demo: up, a second up, the runtime, a change of the spec, destroy."""
    with _demo() as demo:
        account = _inventory(demo)
        before = account.everything()
        up(demo)
        nothing_to_do(demo)
        runtime(demo)
        change(demo)
        destroy(demo, account, before)
    print("\nDemo passed: up, nothing to do, runtime, change, destroy.")


def up(demo: Demo) -> None:
    demo.codekeep("up", STACK, "--engine", "sandbox", "--yes")
    made = [node for node in demo.graph()["nodes"] if node["type"].startswith("aws:")]
    require(len(made) >= FEWEST_RESOURCES, f"{len(made)} AWS resources are fewer than {FEWEST_RESOURCES}")
    print(f"{len(made)} AWS resources; {_recorded(demo)}")


def nothing_to_do(demo: Demo) -> None:
    print("\nA second `up` changes nothing:")
    demo.codekeep("up", STACK, "--engine", "sandbox", "--yes")
    summary = demo.events("preview", STACK)[-1]
    require(
        set(summary["resources"]) <= {"same", "read"},
        f"a preview of the unchanged stack would do {summary['resources']}",
    )


def runtime(demo: Demo) -> None:
    for passed, message in demo_runtime.run(demo.graph()):
        require(passed, message)


def change(demo: Demo) -> None:
    print("\nThe spec changes: a larger GPU pool, one more Git link, longer retention of code.")
    spec = demo.spec
    pool = next(pool for pool in spec["pools"] if pool["role"] == "gpu-serve")
    pool["max"] += 2
    spec["caps"]["gpu_nodes"] += 2
    spec["git_links"].append(SECOND_LINK)
    spec["retention"]["code"] = 45
    demo.write_spec(spec)
    demo.codekeep("preview", STACK, "--engine", "sandbox")
    events = demo.events("up", STACK, "--yes")
    _require_changes(events)
    print("\nThe change is applied; another `up` changes nothing:")
    demo.codekeep("up", STACK, "--engine", "sandbox", "--yes")


def destroy(demo: Demo, account: Inventory, before: frozenset[str]) -> None:
    demo.codekeep("destroy", STACK, "--engine", "sandbox", "--yes")
    left = {entry for entry in account.everything() - before if not entry.startswith("guardduty: ")}
    left = frozenset(entry for entry in left if "/aws-service-role/" not in entry)
    pending = account.pending_deletion(left)
    require(left == pending, "destroy left in the account:\n" + "\n".join(sorted(left - pending)))
    ledger = demo.status()["recorded"]
    require(ledger.keys() <= {ANALYZER}, f"destroy left in the sandbox's ledger: {ledger}")
    print(
        f"The account is empty except for {len(pending)} KMS keys, which AWS deletes after their waiting period, and "
        "what it has once, which stays."
    )


def require(passed: bool, message: str) -> None:
    if not passed:
        raise DemoError(message)


def _require_changes(events: list[dict[str, Any]]) -> None:
    done = [event for event in events if event["event"] == "resource-step" and event["phase"] == "done"]
    moved = [event for event in done if event["op"] not in ("same", "read")]
    by_op = Counter(event["op"] for event in moved)
    changed = {(event["op"], event["type"]) for event in moved}
    for wanted in (
        ("create", "aws:ec2/vpcEndpoint:VpcEndpoint"),
        ("create", "aws:route53/zone:Zone"),
        ("update", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
    ):
        require(wanted in changed, f"the change should {wanted[0]} a {wanted[1]}; it did {dict(by_op)}")
    pools = [event for event in moved if "4 → 6" in _diff(event)]
    require(bool(pools), "no resource changed to the pool's new maximum of 6")
    rolled = [event["urn"] for event in moved if "NodeGroup" in event["type"] and "launchTemplate" in _diff(event)]
    require(not rolled, f"the change must not replace nodes; it replaced those of {rolled}")


def _diff(event: dict[str, Any]) -> str:
    return "; ".join(f"{change['path']}: {change['old']} → {change['new']}" for change in event["diff"])


def _recorded(demo: Demo) -> str:
    recorded = demo.status()["recorded"]
    kinds = ", ".join(f"{count} × {token}" for token, count in sorted(recorded.items()))
    return f"recorded, not emulated: {kinds or 'none'}"


def _inventory(demo: Demo) -> Inventory:
    demo.output_of("sandbox", "start")
    spec = demo.spec
    return Inventory(demo.status()["url"], spec["account"]["id"], spec["regions"]["primary"])


@contextmanager
def _demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="codekeep-demo-") as folder:
        demo = Demo(Path(folder))
        try:
            yield demo
        finally:
            demo.output_of("sandbox", "stop")


if __name__ == "__main__":
    try:
        main()
    except DemoError as error:
        sys.exit(f"\nDemo failed: {error}")

"""A change of a spec changes only the resources that depend on it."""

from pathlib import Path

import yaml

from tests.cli.conftest import Keep

ROOT = Path(__file__).resolve().parents[2]
ONE_SEAT_MORE = {
    "aws:ssm/parameter:Parameter demo-spec-digest",
    "kubernetes:core/v1:ConfigMap demo-runtime-settings",  # caps.seats
    "kubernetes:apps/v1:Deployment demo-gateway",  # pods that read the settings start anew
    "kubernetes:apps/v1:Deployment demo-webhook",
    "kubernetes:apps/v1:Deployment demo-index-driver",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler demo-gateway",  # replicas by seats: seat 251 takes two more
    "kubernetes:core/v1:ResourceQuota demo-limits",  # room for those replicas
}


def test_one_more_seat_changes_only_resources_that_depend_on_seats(keep: Keep) -> None:
    (keep.root / "Pulumi.yaml").write_text(f"name: codekeep\nruntime: python\nmain: {ROOT / 'stacks'}\n")
    stack = keep.root / "Pulumi.demo.yaml"
    document = yaml.safe_load((ROOT / stack.name).read_text())
    stack.write_text(yaml.safe_dump(document))
    made = keep.sandbox("up", "demo", "--yes", "--json").summary["resources"]["create"]
    assert made > 300

    caps = document["config"]["codekeep:tenant"]["caps"]
    assert caps["seats"] == 250
    caps["seats"] += 1
    stack.write_text(yaml.safe_dump(document))
    ran = keep.sandbox("preview", "demo", "--json")
    steps = [each for each in ran.documents if each["event"] == "resource-step" and each["phase"] == "done"]
    changed = {f"{each['type']} {each['name']}": each["op"] for each in steps if each["op"] not in ("same", "read")}
    assert changed == dict.fromkeys(ONE_SEAT_MORE, "update")
    assert ran.summary["resources"] == {"update": len(ONE_SEAT_MORE), "same": made - len(ONE_SEAT_MORE)}

"""docs/kubernetes/workers.md describes each worker as its object does."""

from pathlib import Path
from typing import Any

from components.release.jobs import FINAL_EXIT_CODES
from policies.graph import Node
from policies.rules.kubernetes._pods import CRON_JOB, DEPLOYMENT, RAY_CLUSTER, RAY_JOB, SCALED_JOB
from tests.components.release.namespaced import objects
from tests.components.release.workers import graph

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "kubernetes" / "workers.md"
BEGIN, END = "<!-- generated: workers -->\n", "<!-- end -->\n"
HEAD = "| Object | Started by | Runs | Ends within |\n| --- | --- | --- | --- |\n"
RUNTIME = "codekeep-runtime"
KINDS = (CRON_JOB, DEPLOYMENT, RAY_CLUSTER, RAY_JOB, SCALED_JOB)


def row(node: Node) -> str:
    name, spec = node.inputs["metadata"]["name"], node.inputs["spec"]
    cells = (f"{node.type.rpartition(':')[2]} `{name}`", _started(node, spec), _runs(node, spec), _ends(node, spec))
    return f"| {' | '.join(cells)} |\n"


def _started(node: Node, spec: Any) -> str:
    if node.type == CRON_JOB:
        return f"`kubectl create job --from=cronjob/{node.inputs['metadata']['name']}`" + (
            "" if spec["suspend"] else f", and by the clock at `{spec['schedule']}` UTC"
        )
    if node.type == SCALED_JOB:
        return f"messages on the ingest queue, up to {spec['maxReplicaCount']} at a time"
    return "a copy with `suspend: false`" if node.type == RAY_JOB else "the release"


def _runs(node: Node, spec: Any) -> str:
    if node.type == RAY_CLUSTER:
        return "Ray, for the tasks of `indexer`"
    if node.type == RAY_JOB:
        return f"`{spec['entrypoint'].rpartition('/')[2]}`"
    [container] = _job(node, spec)["template"]["spec"]["containers"]
    return f"`{container['name'] if container['name'] == 'collector' else RUNTIME} {' '.join(container['args'])}`"


def _ends(node: Node, spec: Any) -> str:
    seconds = _job(node, spec).get("activeDeadlineSeconds")
    return f"{seconds / 3_600:g} h" if seconds else "never"


def _job(node: Node, spec: Any) -> Any:
    if node.type == CRON_JOB:
        return spec["jobTemplate"]["spec"]
    return spec["jobTargetRef"] if node.type == SCALED_JOB else spec


def test_the_documents_table_matches_the_objects() -> None:
    rows = sorted(row(node) for node in objects(graph()) if node.type in KINDS)
    assert len(rows) == 7
    _, begun, rest = DOCUMENT.read_text().partition(BEGIN)
    assert begun
    assert rest.partition(END)[0] == HEAD + "".join(rows)


def test_the_document_lists_the_final_exit_codes() -> None:
    text = DOCUMENT.read_text()
    assert all(f"| {code} |" in text for code in FINAL_EXIT_CODES)

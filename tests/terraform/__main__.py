"""Asks Terraform's AWS provider about every AWS resource of the four stacks. Ends with 1 where it complains.

    python -m tests.terraform              # terraform or tofu from PATH; `init` fetches the provider
    python -m tests.terraform --older      # for a provider of December 2023, installed by hand; see older.toml

Nothing is deployed and no account is asked: `validate` and `plan` of new resources make no call.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.stacks.programs import graph_of
from tests.stacks.test_urns import STACKS
from tests.terraform.configuration import configuration
from tests.terraform.older import newer_than, without

SECONDS = 900


def main() -> int:
    arguments = _arguments()
    program = next(filter(None, map(shutil.which, ("terraform", "tofu"))), None)
    if program is None:
        print("neither terraform nor tofu is on the PATH; install one of them", file=sys.stderr)
        return 2
    documents = {stack: configuration(graph_of(stack)) for stack in STACKS}
    if arguments.older:
        _leave_out(documents)
    complaints = [
        f"{stack}: {complaint}"
        for stack, document in documents.items()
        for complaint in _judged(program, stack, document, fetch=not arguments.older)
    ]
    print("\n".join(complaints) or "The provider has nothing against the four stacks.")
    return 1 if complaints else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--older",
        action="store_true",
        help="leave out what older.toml lists, and skip `init`: TF_CLI_CONFIG_FILE names the provider (dev_overrides)",
    )
    return parser.parse_args()


def _leave_out(documents: Mapping[str, dict[str, Any]]) -> None:
    """Takes what older.toml lists out of the configurations, and prints how often each was met."""
    newer = newer_than()
    met = Counter[str]()
    for document in documents.values():
        met.update(without(document, newer))
    for path, count in met.items():
        print(f"newer than the provider: {count} x {path}{'' if count else ': remove it from older.toml'}")


def _judged(program: str, stack: str, document: Mapping[str, Any], *, fetch: bool) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.tf.json").write_text(json.dumps(document, indent=1))
        if fetch:
            _run(program, folder, "init", "-input=false", "-no-color").check_returncode()
        complaints = list(_errors(_run(program, folder, "validate", "-json").stdout))
        if not complaints:
            plan = _run(program, folder, "plan", "-json", "-input=false", "-lock=false", "-refresh=false").stdout
            complaints = list(_planned(stack, document, plan))
    return complaints


def _run(program: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def _errors(report: str) -> Iterator[str]:
    for each in json.loads(report)["diagnostics"]:
        if each["severity"] == "error":
            yield _text(each)


def _planned(stack: str, document: Mapping[str, Any], output: str) -> Iterator[str]:
    """The errors of a plan; and one where it plans fewer resources than the configuration has."""
    events = [json.loads(line) for line in output.splitlines()]
    yield from (_text(each["diagnostic"]) for each in events if each.get("@level") == "error" and "diagnostic" in each)
    wanted = sum(map(len, document["resource"].values()))
    planned = next((each["changes"]["add"] for each in events if each["type"] == "change_summary"), 0)
    if planned != wanted:
        yield f"{planned} resources are planned, {wanted} were asked"
    print(f"{stack}: {planned - 1} AWS resources planned")  # but for the one that stands for what is unknown


def _text(diagnostic: dict[str, Any]) -> str:
    where = diagnostic.get("address") or (diagnostic.get("snippet") or {}).get("context") or ""
    return f"{where}: {diagnostic['summary']} {diagnostic['detail']}".strip()


if __name__ == "__main__":
    sys.exit(main())

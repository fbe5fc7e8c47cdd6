"""One run of Checkov: offline, without an account, without the user's own configuration."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.checker import CheckerError

FRAMEWORKS = ("terraform_plan", "kubernetes", "dockerfile")
CHECKS = Path(__file__).resolve().parents[3] / "policies" / "checkov"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")  # no key, no proxy, no CKV_ or BC_ variable of the user's
CRASHES = ("Failed to run check", "Traceback (most recent call last)")
"""Messages of Checkov when a check crashes. It goes on, and what was not judged looks like a pass."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One check on one resource. `file` is the scanned file, `line` the first one of the resource, `keys` the
    properties that the check read.
    """

    check: str
    title: str
    guideline: str | None
    failed: bool
    file: str
    resource: str
    keys: Sequence[str]
    details: Sequence[str]
    line: int


def scan(python: Path, files: Sequence[Path], folder: Path, facts: Path) -> list[Record]:
    """Checkov's records of the files.

    Raises:
        CheckerError: Checkov, or one of its checks, crashed.
    """
    command = [str(python), "-m", "checkov.main", "--framework", *FRAMEWORKS]
    command += ["--output", "json", "--compact", "--soft-fail", "--skip-download"]
    command += ["--external-checks-dir", str(CHECKS), "--file", *map(str, files)]
    done = subprocess.run(  # noqa: S603 - the environment that Installation made
        command, cwd=folder, env=_environment(folder, facts), capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or any(crash in done.stderr for crash in CRASHES):
        raise CheckerError(f"it ended with exit code {done.returncode}:\n{_tail(done.stderr or done.stdout)}")
    return list(_records(done.stdout))


def _environment(folder: Path, facts: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),  # Checkov looks there for a platform's key
        "CODEKEEP_FACTS": str(facts),
        "EVAL_TF_PLAN_AFTER_UNKNOWN": "True",  # a value that only the deployment knows is not a missing one
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _records(text: str) -> Iterator[Record]:
    try:
        document = json.loads(text)
    except ValueError as fault:
        raise CheckerError(f"its report is no JSON: {fault}\n{_tail(text)}") from fault
    for report in document if isinstance(document, list) else [document]:
        results = report.get("results")
        if results is None:
            continue  # a framework that found nothing of its own
        if results["parsing_errors"]:
            raise CheckerError(f"it could not read {', '.join(results['parsing_errors'])}")
        for raw in [*results["passed_checks"], *results["failed_checks"]]:
            yield _record(raw)


def _record(raw: dict[str, Any]) -> Record:
    result = raw["check_result"]
    return Record(
        check=raw["check_id"],
        title=raw["check_name"],
        guideline=raw.get("guideline"),
        failed=result["result"] == "FAILED",
        file=raw["file_abs_path"],
        resource=raw["resource"],
        keys=[str(key) for key in result.get("evaluated_keys") or ()],
        details=raw.get("details") or (),
        line=raw["file_line_range"][0],
    )


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-lines:])

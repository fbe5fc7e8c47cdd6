"""The pipeline files are well formed and use only options that codekeep has."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.cli.check_command import check

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github/workflows/keep-policies.yml"
GITLAB = ROOT / ".gitlab-ci.yml"


def loaded(path: Path) -> dict[Any, Any]:
    document = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - `on` stays text, nothing is built
    assert isinstance(document, dict)
    return document


def scripts(document: Any) -> list[str]:
    """Every shell script in a pipeline, at any depth."""
    if isinstance(document, dict):
        own = [document[key] for key in ("run", "script", "after_script") if key in document]
        return [text for each in own for text in (each if isinstance(each, list) else [each])] + [
            text for value in document.values() for text in scripts(value)
        ]
    return [text for each in document for text in scripts(each)] if isinstance(document, list) else []


def check_calls(path: Path) -> list[list[str]]:
    """Words of every `codekeep check` in a pipeline, with the possible values of its variables."""
    document = loaded(path)
    calls = [text for text in scripts(document) if "codekeep check" in text]
    words = re.findall(r"(?:CHOSEN: |chosen=\()(.+?)[)\n]", path.read_text())
    return [shlex.split(text.partition("codekeep check")[2].replace("\\\n", " ")) for text in calls] + [
        shlex.split(each) for each in words
    ]


@pytest.mark.parametrize("path", [GITHUB, GITLAB])
def test_every_option_and_format_in_a_pipeline_exists(path: Path) -> None:
    options = {name: option for option in check.params for name in option.opts}
    words = [word for call in check_calls(path) for word in call]
    used = {word for word in words if word.startswith("--")}
    assert used >= {"--changed-since", "--all", "--format", "--output"}
    assert used <= options.keys()
    formats = [after for word, after in pairwise(words) if word == "--format"]
    assert set(formats) >= {"sarif", "junit", "summary-md"}
    assert set(formats) <= set(options["--format"].type.choices)  # type: ignore[attr-defined]
    assert words.count("--format") == words.count("--output")


def test_github_uploads_sarif_and_summary_also_after_a_failure() -> None:
    steps = loaded(GITHUB)["jobs"]["check"]["steps"]
    (upload,) = [step for step in steps if step.get("uses", "").startswith("github/codeql-action/upload-sarif@")]
    (summary,) = [step for step in steps if "GITHUB_STEP_SUMMARY" in step.get("run", "")]
    (checkout,) = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert upload["with"]["sarif_file"] in GITHUB.read_text().partition("--format sarif")[2]
    assert "always()" in upload["if"]
    assert "always()" in summary["if"]
    assert checkout["with"]["fetch-depth"] == "0"
    assert loaded(GITHUB)["permissions"] == {"contents": "read", "security-events": "write"}


def test_github_runs_no_text_of_a_pull_request() -> None:
    runs = [step["run"] for step in loaded(GITHUB)["jobs"]["check"]["steps"] if "run" in step]
    assert runs
    assert not [text for text in runs if "${{" in text]


def test_gitlab_stores_the_reports_and_fetches_the_complete_history() -> None:
    job = loaded(GITLAB)["keep-policies"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] == "reports/keep-policies.xml"
    assert "reports/summary.md" in " ".join(job["after_script"])


def test_github_actions_are_pinned_to_commits() -> None:
    uses = [step["uses"] for step in loaded(GITHUB)["jobs"]["check"]["steps"] if "uses" in step]
    assert len(uses) >= 3
    assert [each for each in uses if not re.search(r"@[0-9a-f]{40}$", each)] == []

"""Production code imports no module of the sandbox, and sessions import none of the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Keep

ROOT = Path(__file__).resolve().parents[2]

WITHOUT_SANDBOX = """
import sys

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "sandbox":
            raise ImportError(f"{name} was imported")

sys.meta_path.insert(0, Refused())
from stacks.cli.main import main
sys.argv[0] = "codekeep"
main()
"""
WITHOUT_CLI = """
import importlib, pkgutil, sys

for name in ("click", "rich", "stacks.cli"):
    sys.modules[name] = None  # importing it fails
import stacks.engines, stacks.sessions

count = 0
for package in (stacks.engines, stacks.sessions):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
        count += 1
print(count)
"""
PULUMI = '''#!{python}
"""Answers as the pulumi CLI does for a preview that creates a key and prints a warning."""

import json
import sys

URN = "urn:pulumi:dev::small::aws:kms/key:Key::store"
STATE = {{"type": "aws:kms/key:Key", "urn": URN, "custom": True, "id": "", "parent": "", "provider": "",
         "inputs": {{"deletionWindowInDays": 7}}, "outputs": {{}}}}
STEP = {{"metadata": {{"op": "create", "urn": URN, "type": "aws:kms/key:Key", "new": STATE, "old": None, "keys": [],
                     "logical": True, "provider": ""}}, "planning": True}}
EVENTS = [
    {{"diagnosticEvent": {{"severity": "warning", "message": "<{{%reset%}}>be careful", "color": "never", "urn": ""}}}},
    {{"resourcePreEvent": STEP}},
    {{"resOutputsEvent": STEP}},
    {{"summaryEvent": {{"maybeCorrupt": False, "durationSeconds": 1, "resourceChanges": {{"create": 1}},
                      "policyPacks": {{}}}}}},
]
arguments = sys.argv[1:]
if "version" in arguments:
    print("v3.200.0")
if "--event-log" in arguments:
    with open(arguments[arguments.index("--event-log") + 1], "w") as log:
        for sequence, event in enumerate(EVENTS):
            log.write(json.dumps({{"sequence": sequence, "timestamp": 0, **event}}) + "\\n")
'''


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """Standard output of a command in a process where importing the sandbox fails."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SANDBOX, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("spec", "schema"), "json-schema.org"),
        (("spec", "check", "Pulumi.pico.yaml"), "is valid"),
        (("check", "pico"), "pico: clean"),
        (("graph", "pico", "--format", "json"), '"nodes"'),
        (("manifests", "pico"), "kind: Namespace"),
        (("images", "list"), "code-embed-index-cu12"),
        (("images", "matrix"), "L40S"),
    ],
)
def test_commands_without_an_engine_load_nothing_of_the_sandbox(arguments: tuple[str, ...], shown: str) -> None:
    assert shown in run(ROOT, *arguments)


def test_the_official_engine_loads_nothing_of_the_sandbox(keep: Keep) -> None:
    keep.write()
    pulumi = keep.root / "bin" / "pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text(PULUMI.format(python=sys.executable))
    pulumi.chmod(0o755)
    environment = {"PATH": f"{pulumi.parent}:/usr/bin:/bin", "HOME": str(keep.root)}
    shown = run(keep.root, "preview", "dev", "--engine", "pulumi", **environment)
    assert "+  store (aws:kms/key:Key)" in shown
    assert "warning: be careful" in shown
    assert "preview of dev succeeded: 1 to create" in shown
    assert "(pulumi engine)" in shown
    events = [json.loads(line) for line in run(keep.root, "preview", "dev", "--json", **environment).splitlines()]
    assert [event["event"] for event in events] == ["diagnostic", "resource-step", "resource-step", "summary"]


def test_sessions_and_engines_load_nothing_of_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_CLI], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 20

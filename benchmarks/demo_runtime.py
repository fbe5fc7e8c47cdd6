"""The runtime's part of `make demo`: indexes this project's repository with the stack's settings and asks questions.

Index, embedder and engine are the embedded ones, since the sandbox runs no servers. The settings decide who may read
the repository. The index stays in .codekeep/demo, so that it can be used after the demo.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".codekeep" / "demo"
REPOSITORY = "github.demo.example/platform/build-tools"  # the name under which this project's repository is indexed
READER = ("--as", "dana", "--team", "platform")
STRANGER = ("--as", "paul", "--team", "payments")
QUESTION = "How is a keep's address range divided into subnets?"
SETTINGS_KEY = "settings.json"


class Outcome(NamedTuple):
    code: int
    output: str


class Runtime:
    """Runs `codekeep-runtime` with the stack's settings."""

    def __init__(self, graph: dict[str, Any]) -> None:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        self._settings = FOLDER / "settings.json"
        self._settings.write_text(_settings_of(graph))

    def show(self, *arguments: str) -> int:
        """Runs a command and shows its output; its exit code."""
        print(f"\n$ codekeep-runtime {' '.join(map(_quoted, arguments))}", flush=True)
        return subprocess.run(self.argv(arguments), env=_environment(), cwd=ROOT, check=False).returncode

    def captured(self, *arguments: str) -> Outcome:
        """Runs a command; its exit code and standard output."""
        done = subprocess.run(self.argv(arguments), env=_environment(), capture_output=True, text=True, check=False)
        return Outcome(done.returncode, done.stdout)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Runs `serve` for the length of the block; yields the address that it printed."""
        argv = self.argv(("serve", "--port", "0", *READER))
        with subprocess.Popen(argv, env=_environment(), stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().strip()
            finally:
                process.terminate()

    def argv(self, arguments: Sequence[str]) -> list[str]:
        options = ("--settings", str(self._settings), "--embedded", "--data", str(FOLDER / "data"))
        return [sys.executable, "-m", "codekeep_runtime", *arguments, *options]

    def command(self) -> str:
        """The command line with which a user serves the index again."""
        folder = FOLDER.relative_to(ROOT)
        words = ("serve", *READER, "--settings", f"{folder}/settings.json", "--embedded", "--data", f"{folder}/data")
        return f".venv/bin/codekeep-runtime {' '.join(words)}"


def run(graph: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """Runs the steps. Yields for each check whether it passed, and the error message where it did not."""
    runtime = Runtime(graph)
    print("\nThe runtime indexes this project's repository, with the settings that the stack wrote:")
    yield runtime.show("ingest", ".", "--name", REPOSITORY) == 0, "the repository was not indexed"
    yield runtime.show("ask", QUESTION, *READER) == 0, "the question was not answered"
    answer = json.loads(runtime.captured("ask", QUESTION, *READER, "--json").output)
    yield bool(answer["citations"]), "the answer has no citation"
    print("\nA reader of a team without access to the repository finds nothing:")
    yield runtime.show("search", "address range", *STRANGER) == 1, "a reader without access was shown code"
    yield from _over_http(runtime)
    yield runtime.show("audit", "verify") == 0, "the audit log is incomplete or was changed"


def _over_http(runtime: Runtime) -> Iterator[tuple[bool, str]]:
    with runtime.served() as address:
        print(f"\n$ codekeep-runtime serve {' '.join(READER)}\n{address}", flush=True)
        base, _, token = address.partition("#token=")
        found = json.loads(_post(f"{base}v1/search", token, {"query": QUESTION, "k": 3}))["results"]
        yield (
            {each["repository"] for each in found} == {REPOSITORY},
            "the gateway did not find exactly the readable repository",
        )
    print(f"The demo has stopped this server. To start it again: {runtime.command()}")


def _post(url: str, token: str, body: dict[str, Any]) -> bytes:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=30) as response:  # noqa: S310 - loopback
        answer: bytes = response.read()
        return answer


def _settings_of(graph: dict[str, Any]) -> str:
    """The document in the ConfigMap that pods mount."""
    for node in graph["nodes"]:
        if node["type"] == "kubernetes:core/v1:ConfigMap" and SETTINGS_KEY in (node["inputs"].get("data") or {}):
            text: str = node["inputs"]["data"][SETTINGS_KEY]
            return text
    raise LookupError(f"the stack has no ConfigMap with {SETTINGS_KEY}")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CODEKEEP_"))}


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word

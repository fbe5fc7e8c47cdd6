"""The part of `make demo` in which the keep's runtime works: the stack's settings, this project's own repository.

Index, embedder and engine are those inside the process, as the sandbox has none of a keep's; the settings decide who
may read what. What was indexed stays in .codekeep/demo, to be tried afterwards.
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
REPOSITORY = "github.demo.example/platform/build-tools"  # as which this project's repository is taken in
READER = ("--as", "dana", "--team", "platform")
STRANGER = ("--as", "paul", "--team", "payments")
QUESTION = "How is a keep's address range divided into subnets?"
SETTINGS_KEY = "settings.json"


class Outcome(NamedTuple):
    code: int
    output: str


class Runtime:
    """`codekeep-runtime` run with the stack's settings."""

    def __init__(self, graph: dict[str, Any]) -> None:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        self._settings = FOLDER / "settings.json"
        self._settings.write_text(_settings_of(graph))

    def show(self, *arguments: str) -> int:
        """With its output on ours, as a user sees it."""
        print(f"\n$ codekeep-runtime {' '.join(map(_quoted, arguments))}", flush=True)
        return subprocess.run(self.argv(arguments), env=_environment(), cwd=ROOT, check=False).returncode

    def ask(self, *arguments: str) -> Outcome:
        done = subprocess.run(self.argv(arguments), env=_environment(), capture_output=True, text=True, check=False)
        return Outcome(done.returncode, done.stdout)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address that `serve` printed."""
        argv = self.argv(("serve", "--port", "0", *READER))
        with subprocess.Popen(argv, env=_environment(), stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().strip()
            finally:
                process.terminate()

    def argv(self, arguments: Sequence[str]) -> list[str]:
        place = ("--settings", str(self._settings), "--embedded", "--data", str(FOLDER / "data"))
        return [sys.executable, "-m", "codekeep_runtime", *arguments, *place]

    def command(self) -> str:
        """To serve it again by hand."""
        place = FOLDER.relative_to(ROOT)
        words = ("serve", *READER, "--settings", f"{place}/settings.json", "--embedded", "--data", f"{place}/data")
        return f".venv/bin/codekeep-runtime {' '.join(words)}"


def run(graph: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """Yields what must hold, and what is wrong where it does not."""
    runtime = Runtime(graph)
    print("\nThe keep's runtime, with the settings that the stack wrote, on this project's own repository:")
    yield runtime.show("ingest", ".", "--name", REPOSITORY) == 0, "the repository was not taken in"
    yield runtime.show("ask", QUESTION, *READER) == 0, "the question was not answered"
    answer = json.loads(runtime.ask("ask", QUESTION, *READER, "--json").output)
    yield bool(answer["citations"]), "the answer cites nothing"
    print("\nAnother team is not granted that repository:")
    yield runtime.show("search", "address range", *STRANGER) == 1, "a team without a grant was shown code"
    yield from _over_http(runtime)
    yield runtime.show("audit", "verify") == 0, "the audit record is not whole"


def _over_http(runtime: Runtime) -> Iterator[tuple[bool, str]]:
    with runtime.served() as address:
        print(f"\n$ codekeep-runtime serve {' '.join(READER)}\n{address}", flush=True)
        base, _, token = address.partition("#token=")
        found = json.loads(_post(f"{base}v1/search", token, {"query": QUESTION, "k": 3}))["results"]
        yield {each["repository"] for each in found} == {REPOSITORY}, "the gateway found nothing, or too much"
    print(f"That address was up for this run. To try it: {runtime.command()}")


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

"""A stack's settings on one machine: its teams decide who reads which repositories."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest
from codekeep_contracts.settings.document import load_settings
from codekeep_runtime.access.identity import reader_id

from stacks.settings import runtime_settings
from tests.runtime.cli.conftest import Command
from tests.runtime.repositories import Repository
from tests.stacks.test_settings import deployed, spec_of

GRANTED, OTHER = "github.demo.example/payments/ledger", "github.demo.example/platform/build-tools"
PAYMENTS, PLATFORM = ("--as", "paul", "--team", "payments"), ("--as", "dana", "--team", "platform")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = spec_of("demo")
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_text(runtime_settings(spec, deployed(spec)).model_dump_json())
    return path


@pytest.fixture(scope="module")
def keep(command: Command, code: Repository, settings: Path) -> "InKeep":
    """Two repositories of two teams with the same content."""
    trial = InKeep(command.data, settings)
    for name in (GRANTED, OTHER):
        trial("ingest", str(code.path), "--name", name)
    return trial


class InKeep(Command):
    def __init__(self, data: Path, settings: Path) -> None:
        super().__init__(data)
        self.settings = settings
        self._options = ("--settings", str(settings), "--embedded")

    def argv(self, *arguments: str) -> list[str]:
        return super().argv(*arguments, *self._options)


def repositories(keep: InKeep, *who: str) -> set[str]:
    found = keep("search", "refund", "-k", "20", "--json", *who, code=None)
    return {each["repository"] for each in found.json}


def test_each_team_sees_its_own_repositories(keep: InKeep) -> None:
    assert repositories(keep, *PAYMENTS) == {GRANTED}
    assert OTHER in repositories(keep, *PLATFORM)
    assert repositories(keep, "--as", "nobody") == set()
    assert repositories(keep) == {GRANTED, OTHER}  # the data folder's owner


def test_an_unknown_team_is_named(keep: InKeep) -> None:
    said = keep("search", "refund", "--as", "paul", "--team", "sales", code=2).err
    assert "'sales'" in said
    assert "payments" in said


def test_the_tenant_comes_from_the_settings(keep: InKeep) -> None:
    assert keep("status", "--json").json["tenant"] == "demo"
    assert (keep.data / "demo" / "index").is_dir()


def test_a_service_account_is_created_listed_and_revoked(keep: InKeep) -> None:
    made = keep("access", "create", "ci", "--days", "30", "--repo", GRANTED, "--json").json
    assert re.fullmatch(r"cks_\S{40,}", made["token"])
    assert [each["name"] for each in keep("status", "--json").json["service_accounts"]] == ["ci"]
    assert "exists" in keep("access", "create", "ci", "--days", "30", "--team", "payments", code=2).err
    assert made["token"] not in (keep.data / "demo" / "access" / "accounts.json").read_text()
    assert keep("access", "revoke", "ci", "--json").json == {"revoked": "ci"}
    assert keep("status", "--json").json["service_accounts"] == []
    assert "no service account" in keep("access", "revoke", "ci", code=2).err


def test_a_reader_is_blocked_by_id(keep: InKeep) -> None:
    assert keep("access", "shut-out", "f" * 16, "--json").json == {"shut_out": "f" * 16}
    assert f"{'e' * 16} is shut out" in keep("access", "shut-out", "e" * 16).out
    result = json.loads((keep.data / "demo" / "access" / "accounts.json").read_text())
    assert set(result["revoked_readers"]) == {"f" * 16, "e" * 16}


def test_a_reader_is_purged_by_name_and_by_id(keep: InKeep) -> None:
    issuer = load_settings(keep.settings).access.oidc.issuer
    ids = [reader_id("command-line", "paul"), reader_id(issuer, "paul")]
    for each in (*ids, "f" * 16):
        folder = keep.data / "demo" / "prompts" / each
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "1").write_bytes(b"sealed")
    proof = keep("purge", "--user", "paul", "--yes", "--json").json
    assert proof["before"]["prompts"] == proof["before"]["prompts-of-command-line"] == 1
    assert set(proof["after"].values()) == {0}
    assert "paul" not in json.dumps(proof)
    assert [path.name for path in (keep.data / "demo" / "prompts").iterdir() if any(path.iterdir())] == ["f" * 16]
    assert keep("purge", "--user", "f" * 16, "--yes", "--json").json["before"] == {"prompts": 1}


def test_serve_signs_in_as_the_given_user(keep: InKeep) -> None:
    arguments = keep.argv("serve", "--port", "0", "--json", *PAYMENTS)
    with subprocess.Popen(arguments, env=keep.environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            result = json.loads(process.stdout.readline())
            headers = {"authorization": f"Bearer {result['token']}"}
            answer = httpx.post(
                f"{result['address']}v1/search", json={"query": "refund", "k": 20}, headers=headers, timeout=20
            )
            assert {each["repository"] for each in answer.json()["results"]} == {GRANTED}
            hook = httpx.post(f"{result['address']}webhooks/ghe", content=b"{}", timeout=20)
            assert hook.status_code == 404  # only a keep's gateway forwards webhooks
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert keep("audit", "verify", "--json").json["unsigned"] == 0  # the record was sealed at the end


def test_commands_of_a_keep_require_its_settings(command: Command) -> None:
    for arguments in (
        ("index-worker", "--once"),
        ("webhook",),
        ("ingest", "queue", "--take-seconds", "1"),
        ("model", "fetch", "--role", "chat", "--revision", "0" * 40, "--into", "models"),
    ):
        assert "settings" in command(*arguments, code=78).err


def test_progress_bars_are_shown_on_a_terminal_only(command: Command, code: Repository) -> None:
    arguments = command.argv("ingest", str(code.path), "--name", "git.example/acme/bars")
    ours, theirs = pty.openpty()
    environment = {**command.environment, "TERM": "xterm"}
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = _all_of(ours)  # read it while the command runs, or the command would block
        assert process.stdout is not None
        printed = process.stdout.read().decode()
    assert process.returncode == 0
    assert "Repositories" in shown
    assert "\x1b[" not in printed
    assert command("ingest", str(code.path), "--name", "git.example/acme/bars").err == ""


def _all_of(terminal: int) -> str:
    """Reads until the other end closes, which Linux reports as an error."""
    parts: list[bytes] = []
    with contextlib.suppress(OSError), os.fdopen(terminal, "rb", buffering=0) as file:
        while part := file.read(65_536):
            parts.append(part)
    return b"".join(parts).decode(errors="replace")

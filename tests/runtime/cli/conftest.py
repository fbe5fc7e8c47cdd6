"""`codekeep-runtime` as a process, with its own data folder."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.repositories import Repository

FILES = {
    "shop/stock.py": (
        "def reserve(item):\n    '''Keep an item for a customer until they pay.'''\n    return item.hold(minutes=30)\n"
    ),
    "shop/basket.py": (
        "from .stock import reserve\n\n\n"
        "class Basket:\n    '''What a customer takes.'''\n\n"
        "    def add(self, item):\n        return reserve(item)\n\n\n"
        "class Gift(Basket):\n    pass\n"
    ),
    "README.md": "# Shop\n\nSells things.\n\n## Refunds\n\nA refund takes three days.\n",
    ".env": "TOKEN=x\n",
}


@dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Command:
    data: Path

    def __call__(self, *arguments: str, code: int | None = 0) -> Done:
        done = subprocess.run(self.argv(*arguments), capture_output=True, text=True, env=self.environment, check=False)
        assert code is None or done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def argv(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "codekeep_runtime", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.data), "CODEKEEP_DATA": str(self.data)}


@pytest.fixture(scope="module")
def code(tmp_path_factory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("code") / "acme" / "shop")
    repository.commit(FILES)
    return repository


@pytest.fixture(scope="module")
def command(tmp_path_factory) -> Command:
    return Command(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def indexed(command: Command, code: Repository) -> Command:
    command("ingest", str(code.path), "--name", "git.example/acme/shop")
    return command

"""docs/production.md, command by command, with a real `aws` on a sandbox of its own."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from tests.docs.walkthrough import commands
from tests.real.cache import say
from tests.real.walkthrough.installation import NoAwsCliError, aws, installed
from tests.real.walkthrough.not_run import NOT_RUN, OTHER_END, is_run

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT, REGION = "111122223333", "eu-central-1"
MARK = "@@@ command"
TIMEOUT_SECONDS = 1800
FEWEST_RUN = 30
STAYS = {"access-analyzer", "guardduty", "iam", "kms", "secretsmanager"}
OWN = ("AWS_", "CODEKEEP_", "PULUMI_", "KUBECONFIG")


@dataclass(frozen=True)
class Place:
    """A project folder, and an environment in which `aws` and `codekeep` are real and the account is the sandbox's."""

    folder: Path
    environment: Mapping[str, str]

    def codekeep(self, *arguments: str) -> str:
        done = subprocess.run(
            ["codekeep", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    if shutil.which("jq") is None:
        pytest.skip("the commands read outputs with jq, which is not on PATH")
    try:
        cli = aws(installed())
    except NoAwsCliError as error:
        pytest.skip(str(error))
    (tmp_path / "Pulumi.yaml").write_text(f"name: codekeep\nruntime: python\nmain: {ROOT / 'stacks'}\n")
    shutil.copy(ROOT / "Pulumi.demo.yaml", tmp_path)
    (tmp_path / "policies").mkdir()
    shutil.copy(ROOT / "policies" / "waivers.yaml", tmp_path / "policies")
    for role in ("chat", "autocomplete", "embed", "rerank"):
        (tmp_path / "models" / role).mkdir(parents=True)
        (tmp_path / "models" / role / "config.json").write_text("{}")
    for name in ("git-token", "registry-token"):
        (tmp_path / name).write_text("token")
    path = _path(tmp_path / "bin", {"aws": cli, "codekeep": (sys.executable, "-m", "stacks.cli.main")})
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    found = Place(tmp_path, {**inherited, "HOME": str(tmp_path), "PATH": path})
    found.codekeep("sandbox", "start")
    url = json.loads(found.codekeep("sandbox", "status", "--json"))["url"]
    yield Place(tmp_path, {**found.environment, "AWS_ENDPOINT_URL": url, **_administrator(url)})
    found.codekeep("sandbox", "stop")


def _path(folder: Path, programs: Mapping[str, tuple[str, ...]]) -> str:
    """PATH with the programs first, and without the official pulumi, which would deploy to AWS."""
    folder.mkdir()
    for name, command in programs.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        (folder / name).chmod(0o755)
    rest = [each for each in os.environ["PATH"].split(os.pathsep) if not (Path(each) / "pulumi").exists()]
    return os.pathsep.join([str(folder), *rest])


def _administrator(url: str) -> dict[str, str]:
    """Credentials in the spec's account."""
    plain = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    sts = boto3.client("sts", endpoint_url=url, region_name=REGION, **plain)
    role = f"arn:aws:iam::{ACCOUNT}:role/administrator"
    found = sts.assume_role(RoleArn=role, RoleSessionName="walkthrough")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
    }


def test_what_is_not_run_is_in_the_document() -> None:
    everything = commands()
    assert len([each for each in everything if is_run(each)]) >= FEWEST_RUN
    for start in NOT_RUN:
        assert any(each.startswith(start) for each in everything), f"{start!r} is no longer in the document"


def test_an_empty_account_becomes_a_keep_and_is_emptied_again(place: Place) -> None:
    run = [each for each in commands() if is_run(each)]
    script = "\n".join(
        ["set -euo pipefail", *(f"echo '{MARK}' {index}\n{_ending(each)}" for index, each in enumerate(run))],
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    shown = done.stdout.split(f"{MARK} ")[1:]
    last = run[int(shown[-1].split("\n", 1)[0])]
    assert done.returncode == 0, f"failed: {last}\n{shown[-1]}\n{done.stderr[-4000:]}"
    printed = {run[int(number)]: out for number, _, out in (each.partition("\n") for each in shown)}
    say(f"{len(run)} commands of docs/production.md ran, {len(commands()) - len(run)} are listed as not run\n")
    assert len(shown) == len(run)

    assert "VIOLATION" not in printed['codekeep check --live "$STACK"']
    (first,) = (out for each, out in printed.items() if "--only-registry" in each)
    assert "stage 1 of 3" in first
    assert "up of demo succeeded: " in first
    (again,) = (out for each, out in printed.items() if each == 'codekeep up "$STACK" --yes')  # of the second time
    assert "created" not in again
    assert "unchanged" in again
    left = json.loads(next(out for each, out in printed.items() if each.startswith("aws resourcegroupstaggingapi")))
    services = {each.split(":")[2] for each in left}
    assert services <= STAYS


def _ending(command: str) -> str:
    """The command; one that ends otherwise on the sandbox must end exactly so."""
    code = OTHER_END.get(command, 0)
    return f"if {command}; then false; else test $? = {code}; fi" if code else command

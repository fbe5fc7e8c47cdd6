"""Writes recorded.toml: python -m stacks.sessions.deployer.record LOG..."""

import json
import sys
from collections import defaultdict
from pathlib import Path

from awsread.iam.operations import UNCHECKED, actions_of
from stacks.sessions.deployer.tables import INVOKES, RECORDED

HEAD = """\
# Actions by type, of the calls that the sandbox received in `up`, `refresh` and `destroy` of the shipped stacks.
# Renew: python -m stacks.sessions.deployer.record LOG..., with the files that $CODEKEEP_SANDBOX_CALL_LOG named.

"""
OWN = (*UNCHECKED, "sts:AssumeRole")  # before the role is assumed


def table(logs: list[Path]) -> dict[str, list[str]]:
    """Actions by type; functions that a program invokes are together."""
    found: dict[str, set[str]] = defaultdict(set)
    for log in logs:
        for line in log.read_text(encoding="utf-8").splitlines():
            call = json.loads(line)
            actions = {each for each in actions_of(call["service"], call["operation"]) if each not in OWN}
            if actions:
                found[_type(call["urn"])] |= actions
    return {token: sorted(found[token]) for token in sorted(found)}


def _type(urn: str) -> str:
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 2 else INVOKES


def _text(found: dict[str, list[str]]) -> str:
    return HEAD + "".join(f'"{token}" = {json.dumps(actions)}\n' for token, actions in found.items())


if __name__ == "__main__":
    RECORDED.write_text(_text(table([Path(each) for each in sys.argv[1:]])), encoding="utf-8")

"""Passes credentials to git by its environment only, never by arguments, URLs or configuration files."""

import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from codekeep_runtime.git.location import Location

KEY_FOLDER = "key-"  # prefix of the folder that contains a key during one command
_HELPER = '!f() { echo "username=$CODEKEEP_GIT_USERNAME"; echo "password=$CODEKEEP_GIT_TOKEN"; }; f'


@dataclass(frozen=True)
class Credential:
    """A deploy token (https) or a private key (ssh). Never printed.

    Args:
        known_hosts: lines of ssh's known_hosts; "" for the user's own file. Unknown hosts are refused.
    """

    token: str = field(default="", repr=False)
    username: str = "oauth2"  # GitHub and GitLab accept any name with a token
    private_key: str = field(default="", repr=False)
    known_hosts: str = ""


@contextmanager
def credential_environment(
    credential: Credential | None, location: Location, folder: Path
) -> Iterator[Mapping[str, str]]:
    """Yields the variables that give git the credential. Meanwhile `folder` contains the key file (0600)."""
    if credential and credential.private_key and location.is_ssh:
        with tempfile.TemporaryDirectory(prefix=KEY_FOLDER, dir=folder) as own:
            yield {"GIT_SSH_COMMAND": _ssh(credential, Path(own))}
    elif credential and credential.token and location.is_https:
        yield {"CODEKEEP_GIT_USERNAME": credential.username, "CODEKEEP_GIT_TOKEN": credential.token}
    else:
        yield {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes"}


def credential_helper(credential: Credential | None, location: Location) -> list[tuple[str, str]]:
    """Git configuration that sends the token to this host only."""
    if not (credential and credential.token and location.is_https):
        return []
    return [(f"credential.https://{location.host}.helper", _HELPER)]


def _ssh(credential: Credential, folder: Path) -> str:
    key = _private(folder / "key", credential.private_key.rstrip("\n") + "\n")
    options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-i", str(key)]
    if credential.known_hosts:
        hosts = _private(folder / "known_hosts", credential.known_hosts)
        options += ["-o", f"UserKnownHostsFile={hosts}"]
    return shlex.join(["ssh", "-F", os.devnull, *options])


def _private(path: Path, text: str) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return path

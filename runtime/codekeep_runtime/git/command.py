"""Runs git without shell, prompts, hooks or foreign configuration, within limits of time and size."""

import contextlib
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codekeep_runtime.git.faults import GitFault, LimitFault

CONFIG: tuple[tuple[str, str], ...] = (
    ("protocol.allow", "never"),
    ("protocol.https.allow", "always"),
    ("protocol.ssh.allow", "always"),
    ("protocol.file.allow", "always"),  # paths that the caller gives; submodules are never followed
    ("transfer.fsckObjects", "true"),
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.alternateRefsCommand", ""),
    ("fetch.recurseSubmodules", "false"),
    ("fetch.unpackLimit", "1"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("credential.helper", ""),
    ("http.followRedirects", "false"),  # a token is for the named host only
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
    ("advice.detachedHead", "false"),
)
_PASSED_VARIABLES = (
    "PATH",
    "HOME",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "GIT_SSL_CAINFO",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "NO_PROXY",
)
_POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Git:
    """git on one bare repository.

    Args:
        trusted: path of a repository that may belong to another user.
        inherited: descriptors that commands and their children keep open while they run.
    """

    folder: Path
    trusted: Path | None = None
    config: Sequence[tuple[str, str]] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    inherited: tuple[int, ...] = ()

    def run(self, *arguments: str, seconds: float = 120, max_bytes: int | None = None) -> bytes:
        """Returns git's output.

        Args:
            seconds: git is killed after that.
            max_bytes: git is killed when the folder is larger.

        Raises:
            LimitFault: git was killed for one of these.
            GitFault: git failed.
        """
        process = self.start(*arguments)
        deadline = time.monotonic() + seconds
        while True:
            try:
                left = max(0.0, deadline - time.monotonic())
                output, errors = process.communicate(timeout=min(left, _POLL_SECONDS) if max_bytes else left)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() >= deadline:
                    _end(process)
                    raise LimitFault(f"git {arguments[0]} took more than {seconds:.0f} s; raise the limit") from None
                if max_bytes and _size(self.folder) > max_bytes:
                    _end(process)
                    raise LimitFault(f"the mirror grew beyond {max_bytes} bytes; raise the limit") from None
            except BaseException:
                _end(process)
                raise
        if process.returncode:
            last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise GitFault(f"git {arguments[0]} failed ({process.returncode}): {last[0]}")
        if max_bytes and _size(self.folder) > max_bytes:
            raise LimitFault(f"the mirror grew beyond {max_bytes} bytes; raise the limit")
        return output

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - no shell; addresses are parsed, refs and ids are ours
            ["git", *arguments],  # noqa: S607 - git from PATH
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.PIPE if arguments[0] == "cat-file" else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if arguments[0] == "cat-file" else subprocess.PIPE,
            pass_fds=self.inherited,
            start_new_session=True,  # so that Ctrl-C reaches only us
        )

    def trust(self) -> None:
        """Writes safe.directory to a file: git ignores it in variables when it serves a path."""
        lines = [f"\tdirectory = {_quoted(str(each))}\n" for each in _spellings(self.trusted)]
        (self.folder / "global.config").write_text("[safe]\n" + "".join(lines))

    def _environment(self) -> dict[str, str]:
        settings = [*CONFIG, *self.config]
        return {
            **{name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ},
            **self.variables,
            "GIT_DIR": str(self.folder),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self.folder / "global.config"),
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": "C",
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{f"GIT_CONFIG_KEY_{number}": key for number, (key, _) in enumerate(settings)},
            **{f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(settings)},
        }


def _spellings(path: Path | None) -> list[Path]:
    return [path, path / ".git"] if path else []


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kills git with its helpers (ssh, index-pack), which share its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.communicate()


def _size(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total

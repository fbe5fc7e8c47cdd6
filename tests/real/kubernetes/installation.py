"""kube-apiserver, etcd and kubectl, built from pinned Go modules once and kept outside the repository.

`python -m tests.real.kubernetes.installation` builds them and shows progress: five minutes on two cores.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.real.cache import Say, made_once, say

MODULE = Path(__file__).resolve().parent / "programs"
VERSION = "v1.34.2"  # as MODULE's go.mod has it
PACKAGES = {  # program → package of MODULE's requirements
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
}
OLDEST_GO = (1, 24)
GO_VARIABLE = "CODEKEEP_GO"
USUAL_PATHS = ("/usr/local/go/bin/go", "/opt/homebrew/bin/go")
LAST_LINES = 15
_GO_VERSION = re.compile(r"go version go((\d+)\.(\d+)\S*) (\S+)")


class NoGoError(Exception):
    """The programs are not built yet, and there is no Go that can build them."""


@dataclass(frozen=True, kw_only=True)
class Go:
    """A Go toolchain."""

    path: str
    version: str  # "1.26.8 linux/amd64"

    @classmethod
    def find(cls) -> "Go":
        """The Go of CODEKEEP_GO, else of PATH, else of USUAL_PATHS. Raises NoGoError where none is new enough."""
        configured = os.environ.get(GO_VARIABLE)
        tried = []
        for candidate in [configured] if configured else ["go", *USUAL_PATHS]:
            path = shutil.which(candidate)
            found = _GO_VERSION.match(_output([path, "version"])) if path else None
            if path and found and (int(found[2]), int(found[3])) >= OLDEST_GO:
                return cls(path=path, version=f"{found[1]} {found[4]}")
            tried.append(f"{candidate} ({found[1] if found else 'not there'})")
        raise NoGoError(
            f"a real Kubernetes API is built with Go {OLDEST_GO[0]}.{OLDEST_GO[1]} or later; tried: {', '.join(tried)}."
            f" Install one, or name one with {GO_VARIABLE}"
        )


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Paths of the built programs."""

    folder: Path

    @property
    def etcd(self) -> Path:
        return self.folder / "etcd"

    @property
    def apiserver(self) -> Path:
        return self.folder / "kube-apiserver"

    @property
    def kubectl(self) -> Path:
        return self.folder / "kubectl"


def ready(say: Say) -> Programs:
    """The programs, which the first call builds; `say` gets messages about progress.

    Raises:
        NoGoError: they have to be built, and no Go is new enough.
        RuntimeError: the build failed.
    """
    folder = made_once(f"kubernetes-{VERSION}-{_digest()}", lambda folder: _build(Go.find(), folder, say))
    return Programs(folder=folder)


def _build(go: Go, folder: Path, say: Say) -> None:
    say(f"Building Kubernetes {VERSION} with Go {go.version}, once: fetching its modules")
    total = len(_output([go.path, "list", "-deps", *PACKAGES.values()], cwd=MODULE).splitlines())
    compiled = 0
    for name, package in PACKAGES.items():
        command = [go.path, "build", "-v", "-ldflags", _link_flags(), "-o", str(folder / name), package]
        for _ in _lines(command):
            compiled += 1
            say(f"Building {name}: {compiled} packages compiled, of at most {total}")


def _link_flags() -> str:
    """Leaves symbols out, and sets the version as official builds do."""
    package = "k8s.io/component-base/version"
    major, minor = VERSION.removeprefix("v").split(".")[:2]
    stamps = {"gitVersion": VERSION, "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s", "-w", *(f"-X {package}.{name}={value}" for name, value in stamps.items())])


def _lines(command: list[str]) -> Iterator[str]:
    """Yields a command's lines while it runs. Raises RuntimeError with the last lines where it fails."""
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=MODULE, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            yield lines[-1]
    if process.returncode != 0:
        raise RuntimeError("\n".join([f"{' '.join(command)} failed:", *lines[-LAST_LINES:]]))


def _output(command: list[str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _environment() -> dict[str, str]:
    """The environment with Go settings under which go.mod and go.sum alone decide what is built."""
    return {**os.environ, "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}


def _digest() -> str:
    """Identifies the platform and everything that decides what is built; the version of Go makes no difference."""
    hashed = hashlib.sha256()
    for text in (*(path.read_bytes() for path in sorted(MODULE.iterdir())), _link_flags().encode()):
        hashed.update(text)
    return f"{os.uname().sysname}-{os.uname().machine}-{hashed.hexdigest()[:12]}".lower()


def main() -> None:
    """Builds and prints the folder. A missing Go is only reported: the tests are then skipped with the same reason."""
    try:
        programs = ready(say)
    except NoGoError as error:
        say(f"{error}\n")
        return
    say(f"Kubernetes {VERSION} in {programs.folder}\n")


if __name__ == "__main__":
    main()

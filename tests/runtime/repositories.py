"""Real Git repositories, made by the git command line."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


class Repository:
    """A working tree on the branch `main`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, text: bytes | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=ENVIRONMENT, input=text, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def commit(self, files: Mapping[str, str | bytes | None], *options: str) -> str:
        """Commits files with these contents (None removes a file); the commit's id."""
        for name, content in files.items():
            target = self.path / name
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "-m", "change", "--allow-empty", *options)
        return self.git("rev-parse", "HEAD")

    def commit_tree(self, entries: list[tuple[str, str, bytes, bytes]]) -> str:
        """Commits a tree that no working tree could contain, of (mode, kind, name, content or id)."""
        lines = []
        for mode, kind, name, content in entries:
            blob = content.decode()
            if kind == "blob":
                blob = self.git("hash-object", "-w", "--stdin", text=content)
            lines.append(f"{mode} {kind} {blob}\t".encode() + name)
        tree = self.git("mktree", "-z", "--missing", text=b"\0".join([*lines, b""]))
        commit = self.git("commit-tree", tree, "-m", "odd")
        self.git("update-ref", "refs/heads/main", commit)
        return commit

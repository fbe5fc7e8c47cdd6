"""A copy of the committed images that tests can change, and parsed Dockerfiles."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from images.render import ROOT


def copy_of_images(folder: Path) -> Path:
    """A project root with nothing but images/."""
    shutil.copytree(ROOT / "images", folder / "images", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def replace(file: Path, old: str, new: str) -> None:
    """Replaces the first `old`, which must be there."""
    text = file.read_text()
    assert old in text, old
    file.write_text(text.replace(old, new, 1))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One FROM and the steps after it; continued lines are joined."""

    source: str
    name: str | None
    steps: tuple[tuple[str, str], ...]

    def all(self, keyword: str) -> tuple[str, ...]:
        return tuple(rest for word, rest in self.steps if word == keyword)


def stages(text: str) -> tuple[Stage, ...]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found: list[tuple[str, str | None, list[tuple[str, str]]]] = []
    for line in joined.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            source, _, name = rest.partition(" AS ")
            found.append((source, name or None, []))
        else:
            found[-1][2].append((word, rest.strip()))
    return tuple(Stage(source=source, name=name, steps=tuple(steps)) for source, name, steps in found)

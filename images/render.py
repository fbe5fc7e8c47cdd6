"""Renders Dockerfiles, their context filters and the requirements to lock from the catalogue and templates. Only
`write` and `write_changed` write.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from images.bases import PYTHON
from images.catalog import BUILDS, SNAPSHOT, USER, WRITABLE, Image
from images.requirements import BUILD

ROOT = Path(__file__).parent.parent
BUILD_REQUIREMENTS = "images/shared/requirements.in"


def rendered_files() -> Mapping[str, str]:
    """Every rendered file: path below the project → text."""
    files = {BUILD_REQUIREMENTS: requirements_text("the images' build stages", BUILD)}
    for image in BUILDS:
        files[image.dockerfile] = dockerfile(image)
        files[f"{image.dockerfile}.dockerignore"] = _environment().get_template("dockerignore.j2").render(image=image)
        files[f"{image.folder}/requirements.in"] = requirements_text(image.name, image.requirements)
    return files


def dockerfile(image: Image) -> str:
    """The image's Dockerfile; the build context is the project's root."""
    template = _environment().get_template(f"{image.kind}.Dockerfile.j2")
    text = template.render(image=image, python=PYTHON, snapshot=SNAPSHOT, user=USER, writable=WRITABLE)
    return _squeeze(text)


def requirements_text(owner: str, requirements: Iterable[str]) -> str:
    """The ranges, sorted, one a line."""
    lines = "\n".join(sorted(set(requirements), key=str.lower))
    return f"# Made by `codekeep images render` from images/requirements.py, for {owner}.\n{lines}\n"


def write(root: Path = ROOT) -> tuple[str, ...]:
    """Writes the rendered files that differ; returns their paths."""
    return write_changed(rendered_files(), root)


def write_changed(files: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """Writes what differs below `root`; returns the paths written."""
    changed = [path for path, text in files.items() if not (root / path).exists() or (root / path).read_text() != text]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path])
    return tuple(changed)


def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - Dockerfiles, not HTML
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["exec"] = lambda words: json.dumps(list(words))
    return environment


def _squeeze(text: str) -> str:
    """No blank lines in a row, none at the start."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    return "\n".join(kept).strip("\n") + "\n"

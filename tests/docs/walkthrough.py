"""The commands of docs/production.md, in their order."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "production.md"
_BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every command of a `bash` block; one that goes over several lines is one command."""
    return [command for block in _BLOCK.findall(text()) for command in _split(block)]


def _split(block: str) -> Iterator[str]:
    lines: list[str] = []
    for line in block.splitlines():
        lines.append(line)
        if not line.endswith("\\") and _is_complete("\n".join(lines)):
            yield "\n".join(lines)
            lines = []
    assert not lines, f"an unfinished command: {lines}"


def _is_complete(command: str) -> bool:
    return subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False).returncode == 0

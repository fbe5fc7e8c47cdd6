"""The worked examples of CONTRIBUTING.md: reads their code from the document and applies it to a checkout.

A line `**`path`**` names the file of the code block that follows it. A `diff` block edits the file: its lines without
`+` must occur there once, and a line `@@` separates edits. Any other block is a new file.

`python -m tests.docs.worked_examples component` applies an example to this checkout, to try it.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "CONTRIBUTING.md"
SECTION = re.compile(r"^### Example: an? (?P<name>.+)\n(?P<text>(?:(?!^##).*\n)*)", re.MULTILINE)
BLOCK = re.compile(r"^\*\*`(?P<path>[^`]+)`\*\*[^\n]*\n+```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class CodeBlock:
    """A new file, or edits of an existing one; `path` is relative to the checkout."""

    path: str
    code: str
    is_diff: bool

    def apply(self, root: Path) -> None:
        """Writes the file below `root`.

        Raises:
            ValueError: the file is there already, or the lines of an edit do not occur in it exactly once.
        """
        file = root / self.path
        if self.is_diff:
            file.write_text(_edited(self.path, file.read_text(), self.code))
            return
        if file.exists():
            raise ValueError(f"{self.path} exists; an example of CONTRIBUTING.md creates it")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.code)


def examples(text: str) -> dict[str, tuple[CodeBlock, ...]]:
    """Name of each example, such as `policy rule`, and its code blocks in order."""
    return {section["name"]: tuple(_blocks(section["text"])) for section in SECTION.finditer(text)}


def _blocks(text: str) -> list[CodeBlock]:
    return [
        CodeBlock(path=block["path"], code=block["code"], is_diff=block["kind"] == "diff")
        for block in BLOCK.finditer(text)
    ]


def _edited(path: str, text: str, diff: str) -> str:
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        lines = hunk.splitlines()
        before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
        after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
        if (count := text.count(before)) != 1:
            raise ValueError(f"CONTRIBUTING.md edits lines that occur {count} times in {path}:\n{before}")
        text = text.replace(before, after)
    return text


if __name__ == "__main__":
    for each in examples(DOCUMENT.read_text())[" ".join(sys.argv[1:])]:
        each.apply(ROOT)
        print(each.path)

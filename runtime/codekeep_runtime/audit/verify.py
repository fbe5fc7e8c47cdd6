"""Reads every line of every chain and finds what was changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekeep_runtime.audit.line import START, TORN, Head, Kind, parse_line, signed_text
from codekeep_runtime.audit.log import stored_head
from codekeep_runtime.audit.signer import Verifier


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`position` is chain, segment and line."""

    position: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """`unsigned` records follow the last seal of their chain: truncation there is not found until they are sealed."""

    chains: int
    records: int
    unsigned: int
    gaps: int  # lines that a crash cut off; no access followed them
    shortened: int  # chains of a copy whose first segments have expired
    findings: tuple[Finding, ...]

    @property
    def is_intact(self) -> bool:
        return not self.findings


def verify(folder: Path, heads: Path | None, verifier: Verifier) -> Report:
    """Finds altered, removed, reordered and inserted records, and chains that were truncated.

    Args:
        heads: None for a copy of the vault, whose retention prevents truncation.
    """
    names = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    kept = {path.stem for path in heads.glob("*.json")} if heads else set()
    walks = [_Walk(folder / name, heads / f"{name}.json" if heads else None, verifier) for name in sorted(names | kept)]
    return Report(
        chains=len(walks),
        records=sum(walk.records for walk in walks),
        unsigned=sum(walk.unsigned for walk in walks),
        gaps=sum(walk.gaps for walk in walks),
        shortened=sum(walk.is_shortened for walk in walks),
        findings=tuple(finding for walk in walks for finding in walk.findings),
    )


class _Walk:
    """Walks along one chain. After a wrong line it continues with the position that the next line claims."""

    def __init__(self, folder: Path, head: Path | None, verifier: Verifier) -> None:
        self._chain, self._folder, self._verifier = folder.name, folder, verifier
        self.records = self.unsigned = self.gaps = 0
        self.findings: list[Finding] = []
        self._at, self._stored_is_met = Head(0, START), False
        self._is_copy, self.is_shortened = head is None, False
        self._stored = None if head is None else self._stored_head(head)
        for position, line in self._lines():
            self._step(position, line)
        if self._stored is not None and not self._stored_is_met:
            self._find(self._chain, f"the sealed head at sequence {self._stored.sequence} is missing: cut or replaced")
        if self._stored is None and self._has_sealed and not self._is_copy:
            self._find(self._chain, "its head file is missing")

    _has_sealed = False

    def _stored_head(self, path: Path) -> Head | None:
        if not path.exists():
            return None
        try:
            return stored_head(path)
        except (ValueError, KeyError, TypeError):
            self._find(self._chain, "its head file cannot be read")
            return None

    def _lines(self) -> Iterator[tuple[str, bytes]]:
        segments = sorted(self._folder.glob("*.jsonl"))
        for number, path in enumerate(segments, start=self._first(segments)):
            position = f"{self._chain}/{path.name}"
            if path.name != f"{number:08d}.jsonl":
                self._find(position, f"segment {number} is missing or renamed")
            content = path.read_bytes()
            if content and not content.endswith(b"\n"):
                self._find(position, "its last line is cut off; the next process with that name sets it aside")
            for at, line in enumerate(content.split(b"\n")[:-1], start=1):
                yield f"{position}:{at}", line

    def _first(self, segments: list[Path]) -> int:
        """The number of the first segment: 1, unless the first segments of a copy have expired."""
        if not (self._is_copy and segments and segments[0].stem.isdecimal()):
            return 1
        self.is_shortened = int(segments[0].stem) > 1
        return int(segments[0].stem)

    def _step(self, position: str, raw: bytes) -> None:
        try:
            line = parse_line(raw)
        except (ValueError, RecursionError):
            self._find(position, "altered: its hash is wrong")
            return
        if line.get("chain") != self._chain:
            self._find(position, "belongs to another chain")
        if self.is_shortened and self._at == Head(0, START):
            self._at = Head(line["sequence"] - 1, str(line.get("previous")))  # what came before is unknown
        if (line["sequence"] - 1, line.get("previous")) != self._at:
            self._find(position, f"does not follow sequence {self._at.sequence}: removed, inserted or reordered")
        self._judge(position, line)
        self._at = Head(line["sequence"], line["hash"])
        self._stored_is_met |= self._at == self._stored

    def _judge(self, position: str, line: dict[str, Any]) -> None:
        kind = Kind(line["kind"])
        if kind is Kind.ACCESS:
            self.records += 1
            self.unsigned += 1
        elif kind is Kind.GAP:
            self.gaps += 1
            if not self._is_copy and not (self._folder / f"{TORN}{line['sequence']}").exists():
                self._find(position, "the cut-off line that was set aside is missing")
        elif kind is Kind.SEAL:
            self._has_sealed = True
            self.unsigned = 0
            if not self._is_signed(line):
                self._find(position, "the signature is not valid")

    def _is_signed(self, line: dict[str, Any]) -> bool:
        try:
            signature = bytes.fromhex(line["signature"])
        except (KeyError, TypeError, ValueError):
            return False
        before = Head(line["sequence"] - 1, str(line.get("previous")))
        return line.get("key") == self._verifier.key_id and self._verifier.is_valid(
            signed_text(self._chain, before), signature
        )

    def _find(self, position: str, what: str) -> None:
        self.findings.append(Finding(position=position, what=what))

"""Reads every line of every chain again and says what is not as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekeep_runtime.audit.line import START, TORN, Head, Kind, read, signed_text
from codekeep_runtime.audit.log import kept_head
from codekeep_runtime.audit.signer import Verifier


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`place` is chain, segment and line."""

    place: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """`unsigned` records follow the last seal of their chain: a cut there is not seen until they are sealed."""

    chains: int
    records: int
    unsigned: int
    gaps: int  # lines that a crash tore; none of them had been answered
    shortened: int  # chains of a copy whose first segments are past their retention
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        return not self.findings


def verify(folder: Path, heads: Path | None, verifier: Verifier) -> Report:
    """Finds records altered, removed, reordered, inserted, and chains cut before their last sealed head.

    Args:
        heads: None for a copy of the vault, which lets nobody cut a chain before its retention is over.
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
    """Along one chain. After a line that does not fit, the walk goes on from what the next one says of itself."""

    def __init__(self, folder: Path, head: Path | None, verifier: Verifier) -> None:
        self._chain, self._folder, self._verifier = folder.name, folder, verifier
        self.records = self.unsigned = self.gaps = 0
        self.findings: list[Finding] = []
        self._at, self._kept_is_met = Head(0, START), False
        self._is_copy, self.is_shortened = head is None, False
        self._kept = None if head is None else self._kept_head(head)
        for place, line in self._lines():
            self._step(place, line)
        if self._kept is not None and not self._kept_is_met:
            self._find(self._chain, f"the sealed head at sequence {self._kept.sequence} is missing: cut or replaced")
        if self._kept is None and self._has_sealed and not self._is_copy:
            self._find(self._chain, "the head kept apart is missing")

    _has_sealed = False

    def _kept_head(self, path: Path) -> Head | None:
        if not path.exists():
            return None
        try:
            return kept_head(path)
        except (ValueError, KeyError, TypeError):
            self._find(self._chain, "the head kept apart cannot be read")
            return None

    def _lines(self) -> Iterator[tuple[str, bytes]]:
        segments = sorted(self._folder.glob("*.jsonl"))
        for number, path in enumerate(segments, start=self._first(segments)):
            place = f"{self._chain}/{path.name}"
            if path.name != f"{number:08d}.jsonl":
                self._find(place, f"segment {number} is missing or renamed")
            content = path.read_bytes()
            if content and not content.endswith(b"\n"):
                self._find(place, "its last line is torn; the next process of that name sets it aside")
            for at, line in enumerate(content.split(b"\n")[:-1], start=1):
                yield f"{place}:{at}", line

    def _first(self, segments: list[Path]) -> int:
        """The number that the first segment must have."""
        if not (self._is_copy and segments and segments[0].stem.isdecimal()):
            return 1
        self.is_shortened = int(segments[0].stem) > 1
        return int(segments[0].stem)

    def _step(self, place: str, raw: bytes) -> None:
        try:
            line = read(raw)
        except (ValueError, RecursionError):
            self._find(place, "altered: it does not hash to what it says")
            return
        if line.get("chain") != self._chain:
            self._find(place, "of another chain")
        if self.is_shortened and self._at == Head(0, START):
            self._at = Head(line["sequence"] - 1, str(line.get("previous")))  # what came before cannot be asked
        if (line["sequence"] - 1, line.get("previous")) != self._at:
            self._find(place, f"follows not sequence {self._at.sequence}: removed, inserted or reordered")
        self._judge(place, line)
        self._at = Head(line["sequence"], line["hash"])
        self._kept_is_met |= self._at == self._kept

    def _judge(self, place: str, line: dict[str, Any]) -> None:
        kind = Kind(line["kind"])
        if kind is Kind.ACCESS:
            self.records += 1
            self.unsigned += 1
        elif kind is Kind.GAP:
            self.gaps += 1
            if not self._is_copy and not (self._folder / f"{TORN}{line['sequence']}").exists():
                self._find(place, "the torn line that was set aside is missing")
        elif kind is Kind.SEAL:
            self._has_sealed = True
            self.unsigned = 0
            if not self._is_signed(line):
                self._find(place, "the signature does not hold")

    def _is_signed(self, line: dict[str, Any]) -> bool:
        try:
            signature = bytes.fromhex(line["signature"])
        except (KeyError, TypeError, ValueError):
            return False
        before = Head(line["sequence"] - 1, str(line.get("previous")))
        return line.get("key") == self._verifier.key_id and self._verifier.holds(
            signed_text(self._chain, before), signature
        )

    def _find(self, place: str, what: str) -> None:
        self.findings.append(Finding(place=place, what=what))

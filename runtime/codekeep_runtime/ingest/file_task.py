"""Processes one file: screen, mask, parse, cut. Runs in a worker process, which a file may crash."""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codekeep_runtime.core import Branch, Chunk, SkipReason, SourceFile, chunk_id
from codekeep_runtime.screen import Policy, mask_secrets, screen_content

if TYPE_CHECKING:
    from codekeep_runtime.parse.parser import ParsedFile

Parse = Callable[[str, bytes, str], "tuple[str, ParsedFile]"]  # (path, head, text) → language, pieces and symbols
_HEAD = 512
_MAX_IMPORTS = 64  # modules listed on a chunk


@dataclass(frozen=True, slots=True)
class Job:
    """The settings that all files of a batch have in common. `parse` is a function of a module, since it is sent to a
    process.
    """

    branch: Branch
    commit: str
    policy: Policy
    parse: Parse


@dataclass(frozen=True, slots=True)
class RawFile:
    path: str
    blob: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result for one file: exactly one of `file`, `skip` and `error_kind` (the error's class, never its message)."""

    path: str
    blob: str
    file: SourceFile | None = None
    masked: int = 0
    skip: SkipReason | None = None
    error_kind: str = ""


def parse_source(path: str, head: bytes, text: str) -> "tuple[str, ParsedFile]":
    """Default parser."""
    from codekeep_runtime.parse.language import language_of
    from codekeep_runtime.parse.parser import parse

    language = language_of(path, head)
    return language or "text", parse(path, language, text)


def process_files(job: Job, files: Sequence[RawFile]) -> list[Outcome]:
    """Outcomes in order. A file that fails does not affect the others."""
    return [_outcome(job, file) for file in files]


def _outcome(job: Job, file: RawFile) -> Outcome:
    try:
        if skip := screen_content(file.data, job.policy):
            return Outcome(file.path, file.blob, skip=skip)
        masked = mask_secrets(_text(file.data))
        language, parsed = job.parse(file.path, file.data[:_HEAD], masked.text)
        return Outcome(file.path, file.blob, _source_file(job, file, language, parsed), masked.count)
    except Exception as error:  # any error of a parser; its message may quote the file
        return Outcome(file.path, file.blob, error_kind=type(error).__name__)


def _text(data: bytes) -> str:
    """Invalid UTF-8 is replaced byte by byte, so lines keep their numbers."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")


def _source_file(job: Job, file: RawFile, language: str, parsed: "ParsedFile") -> SourceFile:
    imports = tuple(dict.fromkeys(each.module for each in parsed.symbols.imports))[:_MAX_IMPORTS]
    chunks = tuple(
        Chunk(
            id=chunk_id(job.branch, file.path, file.blob, ordinal),
            branch=job.branch,
            commit=job.commit,
            path=file.path,
            blob=file.blob,
            ordinal=ordinal,
            language=language,
            imports=imports,
            **piece._asdict(),
        )
        for ordinal, piece in enumerate(parsed.pieces)
    )
    return SourceFile(
        path=file.path,
        blob=file.blob,
        language=language,
        size=len(file.data),
        chunks=chunks,
        symbols=parsed.symbols,
    )

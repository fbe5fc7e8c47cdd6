"""Parses an engine's command line; trtllm_flags.py and vllm.py check the flags."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from images.serving.problems import Problem, did_you_mean

HOST: Final = "0.0.0.0"  # noqa: S104 - the pod's address; a network policy says who reaches it


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """A parsed command line: subcommand (`serve` or `embeddings`), model, flags with their values."""

    subcommand: str
    model: str
    flags: Mapping[str, str | None]


def parse(arguments: Sequence[str]) -> tuple[CommandLine, list[Problem]]:
    """The command line, and a problem for a missing model, each flag stated twice and each word without a flag."""
    words = list(arguments)
    subcommand = words.pop(0) if words[:1] in (["serve"], ["embeddings"]) else "serve"
    model = words.pop(0) if words and not words[0].startswith("-") else ""
    flags: dict[str, str | None] = {}
    problems: list[Problem] = []
    while words:
        flag, _, value = words.pop(0).partition("=")
        if not flag.startswith("--"):
            problems.append(Problem(flag, "a word without a flag", "flags and their values", "remove it"))
            continue
        if flag in flags:
            problems.append(Problem(flag, "a second time", "each flag once", "remove one of the two"))
        if not value and words and not words[0].startswith("--"):
            value = words.pop(0)
        flags[flag] = value or None
    if not model:
        problems.append(Problem("MODEL", "no model", "a folder with the checkpoint", "name the model first"))
    return CommandLine(subcommand=subcommand, model=model, flags=flags), problems


def refused_flag(flag: str, why: str) -> Problem:
    return Problem(flag, "on the command line", "not used here", f"remove it: {why}")


def unknown_flag(flag: str, allowed: str, known: Iterable[str]) -> Problem:
    return Problem(flag, "an unknown flag", allowed, did_you_mean(flag, known, "remove it"))

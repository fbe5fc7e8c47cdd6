"""Checks trtllm-serve's flags: which belong on the command line, which in the YAML, which are refused
(trtllm_flags.yaml).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from images.serving.command_line import HOST, parse, refused_flag, unknown_flag
from images.serving.facts import Release
from images.serving.problems import Problem

LOG_LEVELS: Final = ("error", "warning", "info")
TELEMETRY_FROM: Final = Release(1, 3)
EMBEDDINGS_FROM: Final = Release(1, 3)

_FLAGS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
ON_COMMAND_LINE: Final = frozenset[str](_FLAGS["on_command_line"])
EMBEDDING_FLAGS: Final = frozenset[str](_FLAGS["embeddings"])
IN_YAML: Final[Mapping[str, str]] = _FLAGS["in_yaml"]
"""Flag → the path of its key in the YAML."""
REFUSED: Final[Mapping[str, str]] = _FLAGS["refused"]
"""Flag → why."""


def command_line_problems(arguments: Sequence[str], release: Release) -> list[Problem]:
    """Everything wrong with what follows `trtllm-serve`."""
    line, problems = parse(arguments)
    if line.subcommand == "embeddings" and release < EMBEDDINGS_FROM:
        problems.append(
            Problem(
                "embeddings",
                f"the subcommand on {release}",
                f"releases from {EMBEDDINGS_FROM}, which have it",
                "serve the model with vLLM, or move to a newer release",
            )
        )
    for flag in line.flags:
        problems += _flag_problems(flag, line.subcommand, release)
    return [*problems, *_value_problems(line.flags)]


def _flag_problems(flag: str, subcommand: str, release: Release) -> Iterator[Problem]:
    if flag in ON_COMMAND_LINE or (subcommand == "embeddings" and flag in EMBEDDING_FLAGS):
        return
    if flag == "--telemetry":
        yield Problem(flag, "usage reports", "none", "write --no-telemetry, where the release has it")
    elif flag == "--no-telemetry":
        if release < TELEMETRY_FROM:
            allowed = f"releases from {TELEMETRY_FROM}, which have it"
            yield Problem(flag, f"the flag on {release}", allowed, "remove the flag")
    elif key := IN_YAML.get(flag):
        yield Problem(flag, "on the command line", f"{key} in the YAML", f"state {key} there alone")
    elif why := REFUSED.get(flag):
        yield refused_flag(flag, why)
    else:
        yield unknown_flag(flag, ", ".join(sorted(ON_COMMAND_LINE)), [*ON_COMMAND_LINE, *IN_YAML, *REFUSED])


def _value_problems(flags: Mapping[str, str | None]) -> Iterator[Problem]:
    host, level = flags.get("--host"), flags.get("--log_level", "info")
    if host != HOST:
        yield Problem("--host", str(host), HOST, f"write --host {HOST}: the default is localhost")
    if "--config" not in flags:
        yield Problem("--config", "nothing", "the YAML's path", "state it: the options are in that file")
    if level not in LOG_LEVELS:
        allowed = ", ".join(LOG_LEVELS)
        yield Problem("--log_level", str(level), allowed, "lower it: finer levels write requests to the log")

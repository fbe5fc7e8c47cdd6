"""Patterns of RE2, for `matches` in CEL, of variables and flags that make a program log content."""

from collections.abc import Iterable

LEVELS = (
    "^(RUST_LOG|LITELLM_LOG|OPENAI_LOG|ANTHROPIC_LOG|TF_LOG|GIN_MODE|([A-Z0-9]+_)*LOGLEVEL"
    "|([A-Z0-9]+_)*(LOG|LOGGING|LOGGER)(_[A-Z0-9]+)*_(LEVEL|VERBOSITY))$"
)
TALKATIVE = "(?i)(^|[^a-z])(debug|trace|verbose|silly|all|notset|finest)([^a-z]|$)|^(5|10)$"
DEBUGGING = "^(DEBUG|TRACE|VERBOSE_LOGGING|LOG_VERBOSE|([A-Z0-9]+_)+DEBUG)$"  # switched on by any value not in OFF
HARDWARE = "^(NCCL|CUDA|UCX|NVIDIA)_"  # their debug output contains addresses and sizes
TALKATIVE_LINE = (
    "(?i)(^| )--?(debug( |$)|([a-z]+[-_.])*(log|logging)([-_.][a-z]+)*[-_.]?(level|verbosity)[= ]"
    "(debug|trace|verbose|all|notset)|v[= ]?(8|9|[0-9]{2}))"
)
"""Matches a complete command line, since a flag and its value may be two words.

Kubernetes' programs log bodies from -v=8 on.
"""


def words_pattern(some: Iterable[str]) -> str:
    """A name with one of the words between hyphens, underscores, dots or its ends."""
    return f"(?i)(^|[-_.])({'|'.join(some)})([-_.]|$)"

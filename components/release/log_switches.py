"""Names of variables and flags that make a program log what it is asked, as patterns of RE2 (CEL's `matches`).

The rules log-bodies and log-debug judge the same by the same words; a test holds the two together.
"""

from collections.abc import Iterable

LOGS = ("LOG", "LOGS", "LOGGING", "LOGGER", "CAPTURE", "RECORD", "TRACE", "DUMP", "PRINT")
CONTENT = (
    *("BODY", "BODIES", "PROMPT", "PROMPTS", "PAYLOAD", "PAYLOADS", "CONTENT", "CONTENTS", "REQUEST", "REQUESTS"),
    *("RESPONSE", "RESPONSES", "COMPLETION", "COMPLETIONS", "INPUT", "INPUTS", "OUTPUT", "OUTPUTS", "DELTAS", "EVENT"),
    *("QUERY", "QUERIES"),
)
HARMLESS = (
    *("ID", "IDS", "TYPE", "TYPES", "LENGTH", "SIZE", "FORMAT", "LEVEL", "COUNT", "TIMEOUT", "METRICS", "DURATION"),
    *("TIME", "STATUS", "PATH", "DIR", "FILE", "ENDPOINT", "URL", "DISABLE", "DISABLED", "NO", "HIDE", "REDACT"),
    *("MASK", "SAMPLING", "RATE", "MAX"),
)
TRACING = frozenset(
    {
        "LANGCHAIN_TRACING",
        "LANGCHAIN_TRACING_V2",
        "LANGSMITH_TRACING",
        "LANGSMITH_TRACING_V2",
        "VLLM_TRACE_FUNCTION",
        "GIT_TRACE",
        "GIT_TRACE_PACKET",
        "GIT_TRACE_CURL",
        "GIT_CURL_VERBOSE",
        "SENTRY_SEND_DEFAULT_PII",
    }
)
OFF = ("", "0", "false", "no", "off", "none", "never", "disabled", "no_content")
LEVELS = (
    "^(RUST_LOG|LITELLM_LOG|OPENAI_LOG|ANTHROPIC_LOG|TF_LOG|GIN_MODE|([A-Z0-9]+_)*LOGLEVEL"
    "|([A-Z0-9]+_)*(LOG|LOGGING|LOGGER)(_[A-Z0-9]+)*_(LEVEL|VERBOSITY))$"
)
TALKATIVE = "(?i)(^|[^a-z])(debug|trace|verbose|silly|all|notset|finest)([^a-z]|$)|^(5|10)$"
DEBUGGING = "^(DEBUG|TRACE|VERBOSE_LOGGING|LOG_VERBOSE|([A-Z0-9]+_)+DEBUG)$"  # any value but an off word switches on
HARDWARE = "^(NCCL|CUDA|UCX|NVIDIA)_"  # their debug output holds addresses and sizes
TALKATIVE_LINE = (
    "(?i)(^| )--?(debug( |$)|([a-z]+[-_.])*(log|logging)([-_.][a-z]+)*[-_.]?(level|verbosity)[= ]"
    "(debug|trace|verbose|all|notset)|v[= ]?(8|9|[0-9]{2}))"
)
"""A whole command line: a flag and its value may be two words. From -v=8 on Kubernetes' programs log bodies."""


def words(some: Iterable[str]) -> str:
    """A name that holds one of the words between hyphens, underscores, dots or its ends."""
    return f"(?i)(^|[-_.])({'|'.join(some)})([-_.]|$)"

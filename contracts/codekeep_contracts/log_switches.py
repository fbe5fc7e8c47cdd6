"""Names of variables and flags that make a program log content. A keep's admission policies and the rules refuse them.

A name is upper case and split at hyphens, underscores and dots: `--log-request-body` is LOG, REQUEST, BODY.
"""

from typing import Final

LOGS: Final = ("LOG", "LOGS", "LOGGING", "LOGGER", "CAPTURE", "RECORD", "TRACE", "DUMP", "PRINT")
CONTENT: Final = (
    *("BODY", "BODIES", "PROMPT", "PROMPTS", "PAYLOAD", "PAYLOADS", "CONTENT", "CONTENTS", "REQUEST", "REQUESTS"),
    *("RESPONSE", "RESPONSES", "COMPLETION", "COMPLETIONS", "INPUT", "INPUTS", "OUTPUT", "OUTPUTS", "DELTAS", "EVENT"),
    *("QUERY", "QUERIES"),
)
"""A name with a word of LOGS and one of CONTENT logs content, unless a word of HARMLESS is in it."""

HARMLESS: Final = (
    *("ID", "IDS", "TYPE", "TYPES", "LENGTH", "SIZE", "FORMAT", "LEVEL", "COUNT", "TIMEOUT", "METRICS", "DURATION"),
    *("TIME", "STATUS", "PATH", "DIR", "FILE", "ENDPOINT", "URL", "DISABLE", "DISABLED", "NO", "HIDE", "REDACT"),
    *("MASK", "SAMPLING", "RATE", "MAX"),
)
TRACING: Final = frozenset(
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
"""Switches that send or write content though their names do not say so."""

OFF: Final = ("", "0", "false", "no", "off", "none", "never", "disabled", "no_content")
"""Values that turn a switch off, in lower case."""

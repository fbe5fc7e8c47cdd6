"""Which variables and flags make a program log what it is asked, and which make it talkative."""

import re

from policies.environments import Setting

OFF = frozenset({"", "0", "false", "no", "off", "none", "never", "disabled", "no_content"})
_LOGS = frozenset({"LOG", "LOGS", "LOGGING", "LOGGER", "CAPTURE", "RECORD", "TRACE", "DUMP", "PRINT"})
_CONTENT = frozenset(
    {
        "BODY",
        "BODIES",
        "PROMPT",
        "PROMPTS",
        "PAYLOAD",
        "PAYLOADS",
        "CONTENT",
        "CONTENTS",
        "REQUEST",
        "REQUESTS",
        "RESPONSE",
        "RESPONSES",
        "COMPLETION",
        "COMPLETIONS",
        "INPUT",
        "INPUTS",
        "OUTPUT",
        "OUTPUTS",
        "DELTAS",
        "EVENT",
        "QUERY",
        "QUERIES",
    }
)
_HARMLESS = frozenset(
    {
        "ID",
        "IDS",
        "TYPE",
        "TYPES",
        "LENGTH",
        "SIZE",
        "FORMAT",
        "LEVEL",
        "COUNT",
        "TIMEOUT",
        "METRICS",
        "DURATION",
        "TIME",
        "STATUS",
        "PATH",
        "DIR",
        "FILE",
        "ENDPOINT",
        "URL",
        "DISABLE",
        "DISABLED",
        "NO",
        "HIDE",
        "REDACT",
        "MASK",
        "SAMPLING",
        "RATE",
        "MAX",
    }
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
"""Switches that send or write content though their names do not say so."""

_TALKATIVE = re.compile(r"(?<![a-z])(debug|trace|verbose|silly|all|notset|finest)(?![a-z])|^(5|10)$")
_LEVELS = frozenset({"RUST_LOG", "LITELLM_LOG", "OPENAI_LOG", "ANTHROPIC_LOG", "TF_LOG", "GIN_MODE", "LOGLEVEL"})
_HARDWARE = ("NCCL_", "CUDA_", "UCX_", "NVIDIA_")  # their debug output holds addresses and sizes
_DEBUG_NAMES = frozenset({"DEBUG", "NODE_DEBUG", "TRACE", "VERBOSE_LOGGING", "LOG_VERBOSE"})
KLOG_BODIES_FROM = 8  # from this verbosity on, Kubernetes' own programs log request bodies


def logs_content(setting: Setting) -> bool:
    """Whether the name is that of a switch for bodies, prompts or the like, whatever its value."""
    name = setting.name or ""
    words = set(name.split("_"))
    return name in TRACING or (bool(words & _LOGS) and bool(words & _CONTENT) and not words & _HARMLESS)


def sets_level(setting: Setting) -> bool:
    """Whether the name is that of a log level or a debug switch."""
    name = setting.name or ""
    words = set(name.split("_"))
    if name.startswith(_HARDWARE):
        return False
    leveled = bool(words & {"LOG", "LOGGING", "LOGGER"}) and bool(words & {"LEVEL", "VERBOSITY"})
    return leveled or name in _LEVELS or "LOGLEVEL" in words or is_debug_switch(setting)


def is_debug_switch(setting: Setting) -> bool:
    """Whether any value but an off word switches debugging on."""
    name = setting.name or ""
    return name in _DEBUG_NAMES or (name.endswith("_DEBUG") and not name.startswith(_HARDWARE))


def is_off(text: str) -> bool:
    return text.lower() in OFF


def is_talkative(text: str) -> bool:
    """Whether a level, or a list of levels by module, logs more than what happened."""
    return bool(_TALKATIVE.search(text.lower()))


def is_klog_verbosity(setting: Setting) -> bool:
    return setting.is_flag and setting.name == "V" and (setting.text or "").isdigit()

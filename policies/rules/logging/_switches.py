"""Variables and flags that make a program log content, and those that set its log level."""

import re

from codekeep_contracts.log_switches import CONTENT, HARMLESS, LOGS, OFF, TRACING

from policies.environments import Setting

_TALKATIVE = re.compile(r"(?<![a-z])(debug|trace|verbose|silly|all|notset|finest)(?![a-z])|^(5|10)$")
_LEVELS = frozenset({"RUST_LOG", "LITELLM_LOG", "OPENAI_LOG", "ANTHROPIC_LOG", "TF_LOG", "GIN_MODE", "LOGLEVEL"})
_HARDWARE = ("NCCL_", "CUDA_", "UCX_", "NVIDIA_")  # their debug output has addresses and sizes
_DEBUG_NAMES = frozenset({"DEBUG", "NODE_DEBUG", "TRACE", "VERBOSE_LOGGING", "LOG_VERBOSE"})
KLOG_BODIES_FROM = 8  # from this verbosity on, Kubernetes' own programs log request bodies


def logs_content(setting: Setting) -> bool:
    """Whether the name is that of a switch for bodies, prompts or the like, whatever its value."""
    words = _words(setting)
    logs = not words.isdisjoint(LOGS) and not words.isdisjoint(CONTENT) and words.isdisjoint(HARMLESS)
    return logs or setting.name in TRACING


def sets_level(setting: Setting) -> bool:
    """Whether the name is that of a log level or a debug switch."""
    name, words = setting.name or "", _words(setting)
    if name.startswith(_HARDWARE):
        return False
    leveled = not words.isdisjoint(("LOG", "LOGGING", "LOGGER")) and not words.isdisjoint(("LEVEL", "VERBOSITY"))
    return leveled or name in _LEVELS or "LOGLEVEL" in words or is_debug_switch(setting)


def is_debug_switch(setting: Setting) -> bool:
    """Whether any value but one of OFF switches debugging on."""
    name = setting.name or ""
    return name in _DEBUG_NAMES or (name.endswith("_DEBUG") and not name.startswith(_HARDWARE))


def is_off(text: str) -> bool:
    return text.lower() in OFF


def is_talkative(text: str) -> bool:
    """Whether a level, or a list of levels by module, is more verbose than info."""
    return bool(_TALKATIVE.search(text.lower()))


def is_klog_verbosity(setting: Setting) -> bool:
    return setting.is_flag and setting.name == "V" and (setting.text or "").isdigit()


def _words(setting: Setting) -> set[str]:
    return set((setting.name or "").split("_"))

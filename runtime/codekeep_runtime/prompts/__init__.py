"""Prompts, only where a keep's settings opt in: redacted, encrypted, gone after their days."""

from codekeep_runtime.prompts.store import PromptStore, Stored

__all__ = ["PromptStore", "Stored"]

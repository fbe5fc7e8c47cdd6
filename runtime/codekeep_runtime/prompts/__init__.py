"""Stored prompts, only if a keep's settings opt in: redacted, encrypted, deleted after some days."""

from codekeep_runtime.prompts.store import PromptStore, StoredPrompt

__all__ = ["PromptStore", "StoredPrompt"]

"""Decides which files are skipped, and masks secrets in the others."""

from codekeep_runtime.screen.policy import SCREEN_VERSION, Policy
from codekeep_runtime.screen.screen import screen_content, screen_name
from codekeep_runtime.screen.secrets import MaskedText, mask_secrets

__all__ = ["SCREEN_VERSION", "MaskedText", "Policy", "mask_secrets", "screen_content", "screen_name"]

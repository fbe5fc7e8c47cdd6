"""Redacts a prompt before it is stored."""

import re

from codekeep_runtime.screen.secrets import mask_secrets

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_TOKEN = re.compile(r"(?=[A-Za-z0-9_+/=-]*[0-9])(?=[A-Za-z0-9_+/=-]*[A-Za-z])[A-Za-z0-9_+/=-]{24,}")


def redact(text: str) -> str:
    """Masks secrets of known forms, e-mail addresses, and long strings that mix letters and digits like tokens."""
    masked = mask_secrets(text).text
    return _TOKEN.sub("[masked:token]", _EMAIL.sub("[masked:email]", masked))

"""Answers with citations: a question, what the index holds about it, an engine, and a filter before anything leaves."""

from codekeep_runtime.chat.chat import Chat

__all__ = ["Chat"]

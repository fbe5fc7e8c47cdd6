"""Answers questions with citations: searches the index, has an engine write, and filters what it writes."""

from codekeep_contracts import metrics
from codekeep_contracts.audit import Purpose

from codekeep_runtime.products.product import Product

CHAT = Product(name="chat", purpose=Purpose.CHAT, first_token_latency=metrics.CHAT_FIRST_TOKEN_LATENCY)

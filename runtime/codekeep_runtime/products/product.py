"""Declares a product to the gateway; products/chat is the example to follow."""

from dataclasses import dataclass

from codekeep_contracts.audit import Purpose
from codekeep_contracts.metrics import Metric

from codekeep_runtime.models.routes import ProductName


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product answers by a generator of `AnswerEvent`s; the gateway audits, rechecks, measures and ends it.

    Args:
        name: its rows in the table of routes, which say what models answer it.
        purpose: of its audit records: one with the chunks before anything leaves, one with the tokens at the end.
        first_token_latency: measures the time from the request to the answer's first text.
    """

    name: ProductName
    purpose: Purpose
    first_token_latency: Metric

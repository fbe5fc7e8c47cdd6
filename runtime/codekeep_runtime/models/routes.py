"""The table of routes: which model answers which product, for which readers."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from codekeep_contracts.roles import ModelRole
from codekeep_contracts.settings.models import ServedModel

from codekeep_runtime.models.faults import UnknownModelFault

ProductName = Literal["chat", "autocomplete", "review", "embed", "rerank"]
PRODUCT_ROLES: Final[Mapping[ProductName, ModelRole]] = {
    "chat": "chat",
    "autocomplete": "autocomplete",
    "review": "chat",
    "embed": "embed",
    "rerank": "rerank",
}
DEFAULT_MODEL = "codekeep"
"""A request with this model, or with none, gets the route of its reader's cohort."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One row of the table: the model that a cohort of readers gets from a product.

    Args:
        model: full name, such as "Qwen/Qwen2.5-Coder-7B-Instruct".
        role: of the model.
        adapter: name of the fine-tuned adapter that its engine puts on the model, "" for the model alone.
        weight: share of the product's readers, relative to its other rows; 0 for none but those who ask for it by name.
        cohort: what rollouts and evaluations call these readers. They stay in it whatever model it gets.
    """

    product: ProductName
    model: str
    role: ModelRole
    adapter: str = ""
    weight: int = 1
    cohort: str = "everybody"

    @property
    def served_name(self) -> str:
        """The model's name at its engine, and the answer's `model`."""
        return self.adapter or self.model

    def is_named(self, name: str) -> bool:
        """Whether a request may use this name: the adapter's where it has one, else full, last part or role."""
        return name in ({self.adapter} if self.adapter else {self.model, self.model.rpartition("/")[2], self.role})


class Routes:
    """The table.

    Raises:
        ValueError: a product has a negative weight, no weight, or two weights for one cohort.
    """

    def __init__(self, rows: Iterable[Route]) -> None:
        self._rows: dict[str, list[Route]] = {}
        for row in rows:
            self._rows.setdefault(row.product, []).append(row)
        for product, of_product in self._rows.items():
            cohorts = [row.cohort for row in of_product if row.weight]
            if not cohorts or len(set(cohorts)) < len(cohorts) or min(row.weight for row in of_product) < 0:
                weights = [(row.cohort, row.weight) for row in of_product]
                raise ValueError(f"each cohort of {product} must have one row with a weight above 0, got {weights}")

    @classmethod
    def of_models(cls, models: Sequence[ServedModel]) -> Self:
        """Each product's readers all get the model of its role."""
        return cls(
            Route(product=product, model=model.name, role=role)
            for product, role in PRODUCT_ROLES.items()
            for model in models
            if model.role == role
        )

    def route(self, product: ProductName, reader_id: str, model: str | None = None) -> Route:
        """The row for this reader, the same at each request while weights stay.

        Args:
            model: what the request asks for, None for the default.

        Raises:
            UnknownModelFault: no row of the product has that name.
        """
        rows = self._rows.get(product, [])
        if model not in (None, "", DEFAULT_MODEL):
            rows = [row for row in rows if row.is_named(str(model))]
        if not rows:
            raise UnknownModelFault(f"the keep serves no such model for {product}; it serves {self._listed(product)}")
        return max(rows, key=lambda row: _preference(row, reader_id))

    def names(self, product: ProductName) -> tuple[str, ...]:
        """Names of models that requests may ask for, the default first."""
        served = dict.fromkeys(row.served_name for row in self._rows.get(product, []))
        return (DEFAULT_MODEL, *served) if served else ()

    def _listed(self, product: ProductName) -> str:
        return ", ".join(self.names(product)) or "none"


def _preference(row: Route, reader_id: str) -> float:
    """Weighted rendezvous hashing: the row with the highest gets the reader. A weight that grows draws readers to its
    row, and moves none between the others.
    """
    digest = hashlib.blake2b(f"{row.product}\0{row.cohort}\0{reader_id}".encode(), digest_size=6).digest()
    return row.weight / -math.log((int.from_bytes(digest) + 0.5) / 2**48)

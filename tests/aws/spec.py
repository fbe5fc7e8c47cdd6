"""The spec of the small keep that `make test-aws` brings up."""

from pathlib import Path
from typing import Any

from stacks.spec import document_in

SPEC = Path(__file__).with_name("Pulumi.test.yaml")


def spec_document() -> Any:
    return document_in(SPEC)[1]

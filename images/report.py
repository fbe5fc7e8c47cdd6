"""Reports the matrix as rows, as text for the terminal and as the generated parts of docs/images/README.md."""

from collections.abc import Iterable, Sequence
from typing import Any

from images.bases import BASES
from images.catalog import BUILDS
from images.matrix import BASELINE_CUDA, BASELINE_DRIVER, GPUS, NODE_DRIVER_SOURCE, STACKS


def as_rows() -> dict[str, Any]:
    """The matrix, for programs."""
    return {
        "baseline": {"cuda": BASELINE_CUDA, "driver": BASELINE_DRIVER, "source": NODE_DRIVER_SOURCE},
        "stacks": [
            {
                "name": stack.name,
                "cuda": stack.cuda,
                "driver": stack.driver,
                "torch": stack.torch,
                "engine": stack.engine,
                "gpus": [gpu.name for gpu in stack.gpus],
                "images": [image.label for image in BUILDS if image.stack == stack],
                "sources": list(stack.sources),
            }
            for stack in STACKS
        ],
        "gpus": [
            {"name": gpu.name, "capability": gpu.capability, "families": list(gpu.families), "source": gpu.source}
            for gpu in GPUS
        ],
    }


def as_text() -> str:
    """The matrix for people: the baseline, then one block for each stack."""
    lines = [f"Baseline: CUDA {BASELINE_CUDA} in our own wheels, driver {BASELINE_DRIVER} on the nodes", ""]
    for row in as_rows()["stacks"]:
        engine = f", {row['engine']}" if row["engine"] else ""
        lines += [
            f"{row['name']}: CUDA {row['cuda']}, driver {row['driver']} or later, torch {row['torch']}{engine}",
            f"  images  {', '.join(row['images'])}",
            f"  GPUs    {', '.join(row['gpus'])}",
            *(f"  source  {source}" for source in row["sources"]),
            "",
        ]
    families = (f"{gpu.name} {gpu.capability} ({', '.join(gpu.families)})" for gpu in GPUS)
    return "\n".join([*lines, f"Compute capabilities and instance families: {'; '.join(families)}"])


def as_markdown() -> str:
    """The matrix as the two tables in docs/images/README.md."""
    rows = as_rows()
    stacks = _table(
        ("Stack", "CUDA", "Driver", "torch", "Engine", "GPUs", "Images"),
        (
            (
                stack["name"],
                stack["cuda"],
                f"≥ {stack['driver']}",
                stack["torch"],
                stack["engine"] or "none",
                ", ".join(stack["gpus"]),
                ", ".join(stack["images"]),
            )
            for stack in rows["stacks"]
        ),
    )
    gpus = _table(
        ("GPU", "Compute capability", "Instance families"),
        ((gpu["name"], gpu["capability"], ", ".join(gpu["families"])) for gpu in rows["gpus"]),
    )
    sources = _list([(stack["name"], stack["sources"]) for stack in rows["stacks"]])
    capabilities = ", ".join(dict.fromkeys(gpu["source"] for gpu in rows["gpus"]))
    return f"{stacks}\n\nSources:\n\n{sources}\n\n{gpus}\n\nSource of the compute capabilities: {capabilities}"


def bases_as_markdown() -> str:
    """Every base, its digest and where the digest was seen."""
    return _list(
        [
            (
                f"{base.repository}:{base.tag}",
                [f"`{base.digest}`", base.carries, f"seen in {'; '.join(map(str, base.sightings))}"],
            )
            for base in BASES
        ]
    )


def with_tables(text: str) -> str:
    """The text of docs/images/README.md with its two generated parts as they should be."""
    return with_generated(with_generated(text, "bases", bases_as_markdown()), "matrix", as_markdown())


def with_generated(page: str, name: str, text: str) -> str:
    """The page with `text` between its marks `<!-- name -->` and `<!-- /name -->`.

    Raises:
        ValueError: the page lacks one of the marks.
    """
    head, opening, rest = page.partition(f"<!-- {name} -->")
    _, closing, tail = rest.partition(f"<!-- /{name} -->")
    if not opening or not closing:
        raise ValueError(f"the page must have <!-- {name} --> and <!-- /{name} -->")
    return f"{head}{opening}\n{text}\n{closing}{tail}"


def _list(entries: Iterable[tuple[str, Sequence[str]]]) -> str:
    return "\n".join("\n  - ".join((f"- {name}", *lines)) for name, lines in entries)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

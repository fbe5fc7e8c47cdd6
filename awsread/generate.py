"""Regenerates provider_schema.json: the inputs whose change makes the official provider replace a resource.

The schema of pulumi-aws marks such inputs with `willReplaceOnChanges`. The package on PyPI does not carry the schema;
pulumi/splitschema published it as test data, one file per resource.

    python -m awsread.generate CLONE COMMIT [TOKEN ...]
"""

import json
import subprocess
import sys
from typing import Any

from awsread.facts import SCHEMA_FILE
from awsread.schema import schema_of

DATA = "testdata/aws"
SOURCE = "https://github.com/pulumi/splitschema, testdata/aws: the schema of github.com/pulumi/pulumi-aws 6"
LICENCE = "Apache-2.0"


def main(clone: str, commit: str, *tokens: str) -> None:
    """Writes the table for the types that it contains already and for further ones."""
    known = json.loads(SCHEMA_FILE.read_text())["replace"] if SCHEMA_FILE.exists() else {}
    files = _files(clone, commit)
    table = {}
    for token in sorted({*known, *tokens}):
        path = files.get(_key(token, "V2")) or files.get(_key(token))  # version 7 dropped the suffix of S3's new types
        if path is not None:
            table[token] = _replacing(token, json.loads(_git(clone, "show", f"{commit}:{path}")))
    date = _git(clone, "show", "--no-patch", "--format=%cs", commit).strip()
    header = {"source": SOURCE, "commit": commit, "date": date, "licence": LICENCE}
    rows = ",\n".join(f"  {json.dumps(token)}: {json.dumps(names)}" for token, names in table.items())
    head = json.dumps(header, indent=1).removesuffix("\n}")
    SCHEMA_FILE.write_text(f'{head},\n "replace": {{\n{rows}\n }}\n}}\n')


def _files(clone: str, commit: str) -> dict[tuple[str, str], str]:
    """(module, lower-case class) → path of the resource's schema."""
    found = {}
    for path in _git(clone, "ls-tree", "-r", "--name-only", commit, DATA).splitlines():
        parts = path.split("/")
        if len(parts) == 5 and parts[3] == "resources" and path.endswith(".json"):
            found[parts[2], parts[4].rpartition("-")[0]] = path
    return found


def _key(token: str, suffix: str = "") -> tuple[str, str]:
    _, module, name = token.split(":")
    return module.partition("/")[0], f"{name}{suffix}".lower()


def _replacing(token: str, schema: dict[str, Any]) -> list[str]:
    inputs = schema_of(token).inputs.properties
    marked = schema.get("inputProperties", {}).items()
    return sorted(name for name, about in marked if name in inputs and about.get("willReplaceOnChanges"))


def _git(clone: str, *arguments: str) -> str:
    return subprocess.run(["git", "-C", clone, *arguments], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


if __name__ == "__main__":
    main(*sys.argv[1:])

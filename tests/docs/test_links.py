"""Links, paths and command lines in the documents lead to something that exists."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from codekeep_runtime.cli.main import cli as runtime_cli

from stacks.cli.main import cli
from tests.docs.worked_examples import ROOT, examples

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")])
IDS = [str(document.relative_to(ROOT)) for document in DOCUMENTS]
COMMANDS = {"codekeep": cli, "codekeep-runtime": runtime_cli}
FENCED = re.compile(r"^ *(?P<fence>`{3,})[^\n]*\n.*?^ *(?P=fence)$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)
FOLDERS = "awsread|benchmarks|components|contracts|docs|images|policies|requirements|runtime|sandbox|stacks|tests"
PATH = re.compile(rf"`(?P<path>(?:{FOLDERS})/[\w./-]*)`")
TARGET = re.compile(r"(?:^|`)make (?P<name>[a-z][a-z-]*)", re.MULTILINE)
WIDEST_CELL = 200


def prose(document: Path) -> str:
    """The document without its code blocks."""
    return FENCED.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = (match["text"].lower() for match in HEADING.finditer(prose(document)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def command_lines(document: Path) -> Iterator[list[str]]:
    """Words of each line in a code block that calls one of our commands."""
    for block in FENCED.finditer(document.read_text(encoding="utf-8")):
        for line in block[0].splitlines():
            words = re.match(r"^\s*(?:\$ )?(?:\.venv/bin/)?(codekeep(?:-runtime)? .*)$", line)
            if words:
                yield shlex.split(words[1], comments=True)


def parse(words: list[str]) -> None:
    """Parses the line without running it.

    Raises:
        click.UsageError: no such command or option, or an argument is missing.
    """
    command: click.Command = COMMANDS[words[0]]
    context, rest = click.Context(command, info_name=words[0]), words[1:]
    while isinstance(command, click.Group):
        if not rest or rest[0] in ("-h", "--help", "--version"):
            return
        group = command.make_context(context.info_name, rest, parent=context.parent)
        name, found, rest = command.resolve_command(group, [*group._protected_args, *group.args])
        assert found is not None
        command, context = found, click.Context(found, info_name=name, parent=group)
    known = {name for parameter in command.get_params(context) for name in parameter.opts}
    for word in rest:
        option = word.partition("=")[0]
        if option.startswith("-") and option not in known:
            raise click.NoSuchOption(option, ctx=context)
    required = [each for each in command.params if isinstance(each, click.Argument) and each.required]
    if len([word for word in rest if not word.startswith("-")]) < len(required):
        raise click.MissingParameter(ctx=context, param=required[-1])


def test_there_are_documents() -> None:
    assert {"README.md", "CONTRIBUTING.md", "docs/README.md", "runtime/README.md"} <= set(IDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for match in LINK.finditer(prose(document)):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (document.parent / target).resolve() if target else document
        assert file.exists(), f"{match['target']} leads nowhere"
        assert not anchor or anchor in anchors(file), f"{match['target']}: no such heading"


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_paths_exist(document: Path) -> None:
    created = created_files(document)
    for match in PATH.finditer(prose(document)):
        path = match["path"]
        assert path in created or (ROOT / path).exists(), f"`{path}` does not exist"


def created_files(document: Path) -> set[str]:
    """What the document's worked examples add."""
    return {block.path for blocks in examples(document.read_text()).values() for block in blocks}


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_commands_and_their_options_exist(document: Path) -> None:
    created = created_files(document)
    for words in command_lines(document):
        if f"runtime/codekeep_runtime/cli/{words[1]}.py" in created:
            continue
        try:
            parse(words)
        except click.UsageError as error:
            pytest.fail(f"{shlex.join(words)}: {error.format_message()}")


def test_a_command_that_does_not_exist_is_noticed() -> None:
    for line in ("codekeep deploy demo", "codekeep up demo --force", "codekeep-runtime search", "codekeep spec print"):
        with pytest.raises(click.UsageError):
            parse(line.split())
    parse(["codekeep", "check", "--all", "--format", "sarif"])
    parse(["codekeep-runtime", "symbols", "callers", "NAME", "--as", "ana"])


def test_the_readme_shows_commands() -> None:
    assert len(list(command_lines(ROOT / "README.md"))) >= 20


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_make_targets_exist(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for match in TARGET.finditer(document.read_text(encoding="utf-8")):
        assert re.search(rf"^{match['name']}:", makefile, re.MULTILINE), match[0]


@pytest.mark.parametrize("name", ["README.md", "docs/policies/README.md", "docs/policies/crossguard.md"])
def test_table_cells_are_short(name: str) -> None:
    rows = [line for line in (ROOT / name).read_text().splitlines() if line.startswith("|")]
    assert rows
    assert max(len(cell) for row in rows for cell in row.split("|")) <= WIDEST_CELL

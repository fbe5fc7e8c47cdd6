"""Finds blocks, references and imports in a syntax tree."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from codekeep_runtime.core import FileSymbols, Import, Reference, ReferenceRole, SymbolKind
from codekeep_runtime.parse.block import CONTAINERS, Block
from codekeep_runtime.parse.grammar import Grammar

Captures = dict[str, list[Node]]
_KINDS = {kind.value: kind for kind in SymbolKind} | {"scope": SymbolKind.CLASS}
_BY_STRENGTH = (
    ReferenceRole.INHERIT,
    ReferenceRole.CALL,
    ReferenceRole.USE,
)  # the first wins if a name has several roles
_ROLES = {role.value: number for number, role in enumerate(_BY_STRENGTH)}
_MEMBERS = {SymbolKind.FUNCTION: SymbolKind.METHOD, SymbolKind.VARIABLE: SymbolKind.FIELD}
_RECEIVER = re.compile(
    rb"(?:\.\??|>-|::|\\)((?:[\w$@.\\]|::|>-|\?)*)"
)  # on reversed text, where matching at one place is fast
_RECEIVER_BYTES = 80
_SEPARATORS = re.compile(r"::|\\|->")
_QUOTES = "\"'`<> \t"
UNKNOWN_RECEIVER = "()"  # of a call on the result of another expression


class Span(NamedTuple):
    """A definition before its enclosing ones are known. Byte offsets as in tree-sitter."""

    start_byte: int
    end_byte: int
    start: int
    end: int
    name: str
    owner: str
    kind: SymbolKind
    defines: bool


def read_tree(grammar: Grammar, root: Node, source: bytes) -> tuple[list[Block], FileSymbols]:
    """Blocks in the order of the file, and its symbols."""
    found = _Found()
    found.take(grammar.cursor.matches(root), grammar.marks)
    spans = found.spans(source)
    blocks = list(_qualified(spans))
    references = _references(found, source, spans, blocks)
    definitions = tuple(block.definition() for block in blocks if block.defines)
    return blocks, FileSymbols(definitions, tuple(references), tuple(found.imports))


class _Found:
    """Matches of a query, by kind."""

    def __init__(self) -> None:
        self.mentions: dict[int, tuple[int, Node]] = {}  # first byte → the strongest role
        self.imports: list[Import] = []
        self._arguments: list[Node] = []
        self._named: dict[int, tuple[int, Span]] = {}  # first byte of the name → pattern and span

    def take(self, matches: Iterable[tuple[int, Captures]], marks: tuple[str, ...]) -> None:
        """One loop, since there is a match for every few words of a file."""
        mentions = self.mentions
        for pattern, captures in matches:
            mark = marks[pattern]
            role = _ROLES.get(mark)
            if role is not None:
                node = captures[mark][0]
                start = node.start_byte
                known = mentions.get(start)
                if known is None or role < known[0]:
                    mentions[start] = (role, node)
            elif mark == "argument":
                self._arguments.append(captures[mark][0])
            elif mark == "import":
                self.imports.append(_import(captures))
            else:
                self._define(pattern, mark, captures)

    def spans(self, source: bytes) -> list[Span]:
        """Sorted, outer before inner. The name in a definition is not a mention, too."""
        self._mention_arguments(source)
        for start in self._named:
            self.mentions.pop(start, None)
        return sorted((span for _, span in self._named.values()), key=lambda span: (span.start_byte, -span.end_byte))

    def _mention_arguments(self, source: bytes) -> None:
        """Counts arguments that the file defines or imports as mentions; most others are local variables."""
        known = {span.name.encode() for _, span in self._named.values()} | {
            each.alias.encode() for each in self.imports
        }
        for node in self._arguments:
            start = node.start_byte
            if source[start : node.end_byte] in known:
                self.mentions.setdefault(start, (_ROLES["use"], node))

    def _define(self, pattern: int, mark: str, captures: Captures) -> None:
        """Adds a definition. If two patterns match one name, the first in the query file wins."""
        name = captures["name"][0]
        known = self._named.get(name.start_byte)
        if known is None or pattern < known[0]:
            self._named[name.start_byte] = (pattern, _span(mark, captures[mark][0], name, captures))


def _span(mark: str, node: Node, name: Node, captures: Captures) -> Span:
    owner = _text(captures["owner"][0]) if "owner" in captures else ""
    text = _SEPARATORS.sub(".", _text(name)).strip(_QUOTES)
    start, end = node.start_point, node.end_point
    return Span(
        node.start_byte,
        node.end_byte,
        start.row,
        end.row - (end.column == 0 and end.row > start.row),  # a node that includes its line feed
        text,
        owner,
        _KINDS[mark],
        mark != "scope",
    )


def _qualified(spans: Iterable[Span]) -> Iterator[Block]:
    """Qualifies names; functions and variables in a class become its methods and fields."""
    open_: list[tuple[int, Block]] = []
    for span in spans:
        while open_ and open_[-1][0] <= span.start_byte:
            open_.pop()
        outer = open_[-1][1] if open_ else None
        parts = [outer.qualified_name if outer else "", span.owner, span.name]
        kind = span.kind
        if (outer and outer.kind in CONTAINERS) or "." in span.name:
            kind = _MEMBERS.get(kind, kind)
        block = Block(
            span.start, span.end, span.name.rpartition(".")[2], ".".join(filter(None, parts)), kind, span.defines
        )
        open_.append((span.end_byte, block))
        yield block


def _references(found: "_Found", source: bytes, spans: list[Span], blocks: list[Block]) -> Iterator[Reference]:
    """References in the order of the file. Aliases are replaced by the imported names."""
    mentions = found.mentions
    names = {each.alias: each.name for each in found.imports if each.name and each.alias != each.name}
    open_: list[int] = []  # positions in `spans`
    following = line_at = 0
    line = 1
    for start in sorted(mentions):
        while following < len(spans) and spans[following].start_byte <= start:
            open_.append(following)
            following += 1
        while open_ and spans[open_[-1]].end_byte <= start:
            open_.pop()
        line += source.count(b"\n", line_at, start)  # faster than asking the node
        line_at = start
        number, node = mentions[start]
        role = _BY_STRENGTH[number]
        enclosing = blocks[open_[-1]].qualified_name if open_ else ""
        receiver = _receiver(source, start) if role is ReferenceRole.CALL else ""
        name = source[start : node.end_byte].decode("utf-8", "replace")
        if names and not receiver:
            name = names.get(name, name)
        yield Reference(name, role, line, enclosing, receiver)


def _receiver(source: bytes, start: int) -> str:
    """The text before the dot. Reads only the bytes before the name, since a larger query would cost more."""
    if not start or source[start - 1] not in b".>:\\":
        return ""
    match = _RECEIVER.match(source[max(0, start - _RECEIVER_BYTES) : start][::-1])
    if match is None:
        return ""
    return _SEPARATORS.sub(".", match[1][::-1].decode("utf-8", "replace")).strip(".?") or UNKNOWN_RECEIVER


def _import(captures: Captures) -> Import:
    """Module and name are captured together as `path`, as in Java, or separately."""
    line = captures["import"][0].start_point.row + 1
    module, name = _joined_text(captures.get("source", [])), _joined_text(captures.get("item", []))
    if path := captures.get("path"):
        full = _joined_text(path)
        separator = next((each for each in ("::", "\\", ".") if each in full), ".")
        module, _, name = full.rpartition(separator)
        module, name = module or name, name if module else ""
    if not module:  # a path of several nodes, as in Scala: the text between `import` and the braces
        module = _text(captures["import"][0]).removeprefix("import").split("{")[0].strip(" ._*\n")
    alias = _joined_text(captures.get("alias", [])) or name or module.rpartition("/")[2]
    return Import(module, name, alias, line)


def _joined_text(nodes: list[Node]) -> str:
    return ".".join(_text(node) for node in nodes).strip(_QUOTES)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")

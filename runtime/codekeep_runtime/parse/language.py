"""Detects the language of a file by its name and first line."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_EXTENSIONS = {
    "python": "py pyi pyw",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "javascript": "js jsx mjs cjs",
    "java": "java",
    "kotlin": "kt kts",
    "go": "go",
    "rust": "rs",
    "c": "c h",
    "cpp": "cc cpp cxx hh hpp hxx ipp tpp inl cu cuh",
    "csharp": "cs csx",
    "ruby": "rb rake gemspec",
    "php": "php phtml",
    "scala": "scala sc sbt",
    "bash": "sh bash zsh ksh bats",
    "sql": "sql ddl dml psql",
    "markdown": "md markdown mdx",
    "yaml": "yaml yml",
    "json": "json jsonc json5 ipynb",
    "toml": "toml ini cfg conf properties",
    "dockerfile": "dockerfile containerfile",
}
_NAMES = {
    "dockerfile": "dockerfile containerfile",
    "ruby": "rakefile gemfile vagrantfile",
    "bash": ".bashrc .profile .zshrc",
    "python": "build.bazel sconstruct",
}
_INTERPRETERS = {
    "python": "python",
    "bash": "bash sh zsh ksh dash",
    "ruby": "ruby",
    "javascript": "node",
    "php": "php",
    "typescript": "ts-node deno",
}


def _inverted(table: Mapping[str, str]) -> dict[str, str]:
    return {word: language for language, words in table.items() for word in words.split()}


_BY_EXTENSION, _BY_NAME, _BY_INTERPRETER = map(_inverted, (_EXTENSIONS, _NAMES, _INTERPRETERS))
_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?([\w.-]+)(?:[ \t]+(?:-S[ \t]+)?([\w.-]+))?")
_CPP = re.compile(rb"^\s*(?:class\s+\w|namespace\b|template\s*<|public:|private:|using\s+\w)", re.MULTILINE)


def language_of(path: str, head: bytes) -> str | None:
    """The name of the language, or None for text without a known structure.

    Args:
        path: within the repository.
        head: the first bytes of the file: a shebang, or what tells a C++ header from a C one.
    """
    name = PurePosixPath(path).name.lower()
    if name.startswith(("dockerfile.", "containerfile.")):
        return "dockerfile"
    _, dot, extension = name.rpartition(".")
    found = _BY_NAME.get(name) or (_BY_EXTENSION.get(extension) if dot else None)
    if found == "c" and extension == "h" and _CPP.search(head):
        return "cpp"
    return found or _by_shebang(head)


def _by_shebang(head: bytes) -> str | None:
    match = _SHEBANG.match(head)
    if not match:
        return None
    program = match[2] if match[1] == b"env" and match[2] else match[1]
    return _BY_INTERPRETER.get(re.sub(r"[\d.]+$", "", program.decode()))

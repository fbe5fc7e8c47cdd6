"""Which language a file is written in, told by its name and its first line."""

import re
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
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "rakefile": "ruby",
    "gemfile": "ruby",
    "vagrantfile": "ruby",
    ".bashrc": "bash",
    ".profile": "bash",
    ".zshrc": "bash",
    "build.bazel": "python",
    "sconstruct": "python",
}
_INTERPRETERS = {
    "python": "python",
    "bash": "bash",
    "sh": "bash",
    "zsh": "bash",
    "ksh": "bash",
    "dash": "bash",
    "ruby": "ruby",
    "node": "javascript",
    "php": "php",
    "ts-node": "typescript",
    "deno": "typescript",
}
_BY_EXTENSION = {extension: language for language, each in _EXTENSIONS.items() for extension in each.split()}
_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?([\w.-]+)(?:[ \t]+(?:-S[ \t]+)?([\w.-]+))?")
_CPP = re.compile(rb"^\s*(?:class\s+\w|namespace\b|template\s*<|public:|private:|using\s+\w)", re.MULTILINE)


def language_of(path: str, head: bytes) -> str | None:
    """The language's name, or None for text of no known structure.

    Args:
        path: within the repository.
        head: the first bytes of the file, for a shebang and to tell a C++ header from a C one.
    """
    name = PurePosixPath(path).name.lower()
    if name.startswith(("dockerfile.", "containerfile.")):
        return "dockerfile"
    _, dot, extension = name.rpartition(".")
    found = _NAMES.get(name) or (_BY_EXTENSION.get(extension) if dot else None)
    if found == "c" and extension == "h" and _CPP.search(head):
        return "cpp"
    return found or _by_shebang(head)


def _by_shebang(head: bytes) -> str | None:
    match = _SHEBANG.match(head)
    if not match:
        return None
    program = match[2] if match[1] == b"env" and match[2] else match[1]
    return _INTERPRETERS.get(re.sub(r"[\d.]+$", "", program.decode()))

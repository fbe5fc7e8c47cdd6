"""Matches an import's module with a file by their common trailing names, in any language."""

import re

_EXTENSION = re.compile(r"\.(?:py|pyi|[cm]?[jt]sx?|h|hh|hpp|hxx|java|kt|go|rs|rb|php|scala|sh|bash|cs)$")
_SEPARATORS = re.compile(r"[./\\:]+")
_HERE = frozenset({"", "crate", "self", "super"})  # relative, no names
_FOLDER_FILES = frozenset({"__init__", "index", "mod", "lib", "main"})  # represent their folder


def common_trailing_names(module: str, name: str, path: str) -> int:
    """Counts how many trailing names of `module` (with `name` appended, as in Java) match those of a file or its
    folder.

    `org.example.stock` with `Stock` has three in common with `src/org/example/stock/Stock.java`; `./stock` has one in
    common with `lib/stock.ts`. 0 means that the file is another module.
    """
    wanted = [part for part in _SEPARATORS.split(_EXTENSION.sub("", module)) if part not in _HERE]
    file = [part for part in _EXTENSION.sub("", path).split("/") if part]
    if file and file[-1] in _FOLDER_FILES:
        file.pop()
    if path.endswith(".go"):  # in Go a folder is the module, whatever its files are called
        return _common_tail(wanted, file[:-1])
    forms = [(wanted, file), (wanted, file[:-1]), ([*wanted, name], file)]
    return max((_common_tail(first, second) for first, second in forms), default=0)


def _common_tail(first: list[str], second: list[str]) -> int:
    count = 0
    for one, other in zip(reversed(first), reversed(second), strict=False):
        if one != other:
            break
        count += 1
    return count

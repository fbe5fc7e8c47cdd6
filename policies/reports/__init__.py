"""Reports of a check, each format a module with one `render(reports) -> str`."""

from collections.abc import Callable, Mapping, Sequence

from policies.report import Report
from policies.reports import as_json, checklist, junit, sarif, terminal

Renderer = Callable[[Sequence[Report]], str]

FORMATS: Mapping[str, Renderer] = {
    "terminal": terminal.render,
    "json": as_json.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "markdown": checklist.render_markdown,
    "html": checklist.render_html,
}

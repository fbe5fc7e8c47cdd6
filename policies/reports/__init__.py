"""Reports of a check, each format a module with a `render` of a whole run."""

from collections.abc import Callable, Mapping

from policies.report import Run
from policies.reports import as_json, checklist, junit, sarif, summary, terminal

Renderer = Callable[[Run], str]

FORMATS: Mapping[str, Renderer] = {
    "terminal": terminal.render,
    "json": as_json.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "checklist-md": checklist.render_markdown,
    "checklist-html": checklist.render_html,
    "summary-md": summary.render,
}

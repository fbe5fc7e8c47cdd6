"""Labels and symbols of resource operations in the terminal."""

from codekeep_contracts.engine_events import StepOp

SYMBOLS = {
    StepOp.CREATE: "+",
    StepOp.UPDATE: "~",
    StepOp.REPLACE: "+-",
    StepOp.DELETE: "-",
    StepOp.IMPORT: "=",
    StepOp.REFRESH: "~",
    StepOp.READ: ">",
    StepOp.SAME: " ",
}
PAST = {
    StepOp.CREATE: "created",
    StepOp.UPDATE: "updated",
    StepOp.REPLACE: "replaced",
    StepOp.DELETE: "deleted",
    StepOp.IMPORT: "imported",
    StepOp.REFRESH: "refreshed",
    StepOp.READ: "read",
    StepOp.SAME: "unchanged",
}
COUNTED = tuple(PAST)
"""The order of operations in a summary."""
PREVIEWED = {
    StepOp.CREATE: "to create",
    StepOp.UPDATE: "to update",
    StepOp.REPLACE: "to replace",
    StepOp.DELETE: "to delete",
    StepOp.IMPORT: "to import",
    StepOp.READ: "to read",
}
STYLES = {
    StepOp.CREATE: "green",
    StepOp.IMPORT: "green",
    StepOp.UPDATE: "yellow",
    StepOp.REFRESH: "yellow",
    StepOp.REPLACE: "magenta",
    StepOp.DELETE: "red",
}

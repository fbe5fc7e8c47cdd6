"""`codekeep check` as a pipeline: sources give graphs, checkers judge them, waivers sort out, reports are written."""

"""Checks stacks against the policies: sources give graphs, checkers judge them, waivers remove findings."""

"""Checks stacks by the policies: sources give graphs, checkers judge them, waivers take findings out."""

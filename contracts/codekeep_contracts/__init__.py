"""Declarations that a keep's stack and its runtime share. Each fact is declared here once; both sides import it.

Imports nothing of codekeep: `codekeep` and `codekeep-runtime` both depend on this distribution.
"""

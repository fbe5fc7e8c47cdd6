"""What a keep's stack and its runtime must agree on. Each fact is declared here once; both sides import it.

Imports nothing of codekeep: `codekeep` and `codekeep-runtime` both depend on this distribution.
"""

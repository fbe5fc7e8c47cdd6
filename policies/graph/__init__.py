"""The ResourceGraph: what a stack consists of, whoever tells (a recorded program, a preview, a state)."""

"""The two platforms that the runtime runs on: a laptop or a keep. `choose` picks one at the start of a process."""

"""Where the runtime runs: on a laptop or in a keep. `choose` picks one of the two at the start of a process."""

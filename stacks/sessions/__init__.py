"""Operations on stacks: deploy, check, read outputs, graph and manifests.

Each session is a function that takes plain arguments and returns data or calls back with events. Nothing here parses a
command line, draws, asks or ends the process: the CLI, fleets and the console call the same functions.
"""

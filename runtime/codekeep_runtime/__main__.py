"""`python -m codekeep_runtime` is `codekeep-runtime`."""

from codekeep_runtime.cli.main import main

main()

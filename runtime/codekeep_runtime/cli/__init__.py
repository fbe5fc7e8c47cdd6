"""The command line `codekeep-runtime`, for people, scripts, and the containers of a keep."""

"""`codekeep check --checkov`: Checkov in an environment of its own, over what a stack's graph renders to."""

"""The nouns every part of the runtime speaks in. Standard library only: everything imports this."""

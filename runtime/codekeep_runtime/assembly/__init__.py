"""Where the parts meet: from a data folder and settings to what a command works with. Nothing else builds services."""

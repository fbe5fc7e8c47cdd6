"""Networks, private links and the entry: who can reach a keep, and what a keep can reach."""

"""Networks, the private links and the way in: who may reach a keep, and what a keep may reach."""

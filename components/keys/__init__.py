"""KMS keys, who may use them, and the places for secrets."""

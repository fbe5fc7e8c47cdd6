"""KMS keys, who may use them, and empty secrets for others to fill."""

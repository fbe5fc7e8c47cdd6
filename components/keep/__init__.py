"""Environments: a dedicated or premium keep, a pooled keep, and the shared platform."""

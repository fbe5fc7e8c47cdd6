"""The cluster, its add-ons and its node pools."""

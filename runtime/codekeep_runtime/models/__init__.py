"""Routes each product to the model that answers it; clients of the engines that serve models."""

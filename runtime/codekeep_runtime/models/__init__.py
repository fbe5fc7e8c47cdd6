"""Which model answers which product, and the clients of the engines that serve them."""

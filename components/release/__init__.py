"""The parts of a release: what a keep runs in its namespace. components.release.runtime_release combines them."""

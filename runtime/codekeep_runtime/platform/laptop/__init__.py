"""Everything on one machine: stores and models inside this process, data in one folder."""

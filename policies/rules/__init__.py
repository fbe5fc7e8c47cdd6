"""The rules, one a file, in one folder per family; policies/catalogue.py gathers them."""

"""Joins the symbols of single files into answers across files: who defines, calls and inherits what."""

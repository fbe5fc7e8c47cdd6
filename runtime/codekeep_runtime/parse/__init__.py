"""A file's text to pieces cut along its syntax, and to the symbols it defines, mentions and imports."""

"""Strings that occur nowhere else. Each is planted in one kind of place, and may leave by none."""

CODE = "canary4code7f31"  # in a function's body and name
SECRET = "canary4secret9b2e"  # a password in code, which is masked
PROMPT = "canary4prompt5c8d"  # in what readers ask
FILE = "canary4file3e6a"  # name of a file that is left out because it holds a key
BROKEN = "canary4broken1d4f"  # in a file that hurts the parser, which quotes it in its error
UPSTREAM = "canary4upstream8a70"  # in the error that a model's server answers with
HEADER = "canary4header2c95"  # in tokens, paths and bodies that are refused
CRASH = "canary4crash6e1b"  # in exceptions nobody catches, and in other libraries' logs
ALL = (CODE, SECRET, PROMPT, FILE, BROKEN, UPSTREAM, HEADER, CRASH)

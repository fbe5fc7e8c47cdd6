"""Canary strings that occur nowhere else. Each is in one kind of input and must not leave the process."""

CODE = "canary4code7f31"  # in a function's body and name
SECRET = "canary4secret9b2e"  # a password in code, which is masked
PROMPT = "canary4prompt5c8d"  # in questions of readers
FILE = "canary4file3e6a"  # name of a file that is skipped because it contains a key
BROKEN = "canary4broken1d4f"  # in a file on which the parser raises an error that quotes it
UPSTREAM = "canary4upstream8a70"  # in the error that a model's server answers with
HEADER = "canary4header2c95"  # in refused tokens, paths and bodies
CRASH = "canary4crash6e1b"  # in uncaught exceptions and in logs of libraries
ALL = (CODE, SECRET, PROMPT, FILE, BROKEN, UPSTREAM, HEADER, CRASH)

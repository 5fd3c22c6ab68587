"""The program without a window: the same wiring, lines instead of rows.

Results go to standard output, one JSON object a line with `--json`; trouble goes to standard
error in one sentence. Exit codes: 0 ok, 1 something failed, 2 wrong usage, 3 nothing found.
"""

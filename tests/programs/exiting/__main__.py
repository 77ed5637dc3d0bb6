"""Prints to both streams, then exits with a code of its own."""

import sys

print("to stdout")  # noqa: T201 - printing is what this program is about
print("to stderr", file=sys.stderr)  # noqa: T201 - as above
sys.exit(3)

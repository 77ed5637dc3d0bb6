"""Examples at the end of a command's `--help`."""

from __future__ import annotations


def epilog(*lines: str) -> str:
    """Lay out what a command's help ends with: commands, each on a line of its own."""
    examples = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExamples:\n{examples}"

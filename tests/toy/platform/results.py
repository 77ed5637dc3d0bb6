"""What a result has of Toy Cloud's own answer: the whole of it."""

from __future__ import annotations

from callerid.platforms.toy.replies import ToyMe

__all__ = ["ToyMe"]

"""Toy Cloud, a platform that does not exist: the third one, to show what a platform needs."""

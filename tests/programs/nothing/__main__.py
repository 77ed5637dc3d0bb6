"""Exports nothing and asks nothing."""

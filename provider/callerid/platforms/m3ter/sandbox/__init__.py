"""The stand-in for m3ter: its callers, its routes, its errors."""

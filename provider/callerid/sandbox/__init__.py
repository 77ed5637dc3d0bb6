"""A local stand-in for both APIs: loopback only, made-up callers, nothing on disk.

`server.Sandbox` runs it, `scenario` reads who its callers are, `callers/` holds the built-in ones.
"""

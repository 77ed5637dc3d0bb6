"""A local stand-in for the platforms' APIs: loopback only, made-up callers, nothing on disk.

`server.Sandbox` runs it, `scenario` reads who its callers are. What is a platform's own, its
callers, routes and errors, is in `platforms/NAME/sandbox/`; `caller` and `stand_in` say what that
has to be. `callers/` holds the built-in callers that are at several platforms.
"""

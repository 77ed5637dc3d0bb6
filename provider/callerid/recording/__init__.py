"""Recordings: what the real API answered about a caller, redacted, as a file of the sandbox.

A forwarder stands between a command and the API and keeps the answers; they are composed into a
scenario, names are replaced, and the text is searched for credentials before it is written.
"""

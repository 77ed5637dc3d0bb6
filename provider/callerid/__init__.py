"""callerid tells an infrastructure program who is running it, where, and with which roles."""

__version__ = "0.1.0"

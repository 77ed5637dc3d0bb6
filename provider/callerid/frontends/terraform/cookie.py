"""What a host of go-plugin puts into the environment of a plugin."""

from __future__ import annotations

NAME = "TF_PLUGIN_MAGIC_COOKIE"
VALUE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""What says that a host started this process, and nobody by hand. It is no secret."""
VERSIONS = "PLUGIN_PROTOCOL_VERSIONS"
"""The protocols that the host speaks, with commas between."""
PROTOCOL = 6
CLIENT_CERTIFICATE = "PLUGIN_CLIENT_CERT"
"""The host's one-off certificate, as PEM; without it there is no TLS."""
MULTIPLEX = "PLUGIN_MULTIPLEX_GRPC"
LOWEST_PORT, HIGHEST_PORT = "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT"

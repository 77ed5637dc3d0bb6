"""The front ends: each speaks the protocol of one host, and asks the core."""

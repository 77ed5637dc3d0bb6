"""The stand-in for Toy Cloud."""

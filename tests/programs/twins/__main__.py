"""Declares the same resource twice."""

import pulumi

for _ in range(2):
    pulumi.ComponentResource("tests:index:Twin", "twin")

"""Ask a person: nobody is there, under the engine as under the host."""

import pulumi

try:
    pulumi.export("answer", input("Who are you? "))
except EOFError:
    pulumi.export("answer", "nobody is there")

"""Exports values at the edges: none, empty, long, large, and text from everywhere."""

import pulumi

pulumi.export("none", None)
pulumi.export("empty", {"text": "", "list": [], "dict": {}})
pulumi.export("booleans", [True, False])
pulumi.export("numbers", [0, -1, 1.5, 1e21, 2**53, -(2**31), 1e-7, 0.1])
pulumi.export("unicode", "Zoë 東京 🙂 \u202e \\ \"quoted\" 'and' <angled> & more\ttab\nline")
pulumi.export("nones", {"a": None, "list": [None, {"b": None}]})
pulumi.export("list", list(range(300)))
pulumi.export("long", "x" * 3000)
pulumi.export("a key with spaces, ünïcode and.dots", {"0": 1, "": 2})
pulumi.export("deep", [[[[[[[["bottom"]]]]]]]])

"""Exports assets and an archive; the engine knows what is in them."""

import pulumi

pulumi.export("text", pulumi.StringAsset("hello"))
pulumi.export("archive", pulumi.AssetArchive({"a.txt": pulumi.StringAsset("hello")}))

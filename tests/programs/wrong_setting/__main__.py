"""Declares a provider with a setting that there is not; the preview ends there."""

import pulumi

pulumi.ProviderResource("callerid", "wrong", {"m3terApiSecrt": pulumi.Output.secret("hush")})

"""Declares a provider with one setting, whatever its name, and asks it nothing."""

import pulumi


class Provider(pulumi.ProviderResource):
    """The provider as a resource."""

    def __init__(self, **settings: str) -> None:
        """Take the provider's settings."""
        super().__init__("callerid", "declared", settings)


config = pulumi.Config()
Provider(**{config.get("setting") or "platform": config.get("value") or "csp"})

"""A refusal as Pulumi's SDK gets it: an error of gRPC, which is loaded when there is one."""

from __future__ import annotations

import grpc

from callerid.errors import printable


class MockedInvokeError(grpc.RpcError):
    """What a function came to under mocks, in the engine's words; the SDK adds that it asked."""

    def __init__(self, token: str, text: str) -> None:
        """Take what callerid said of a call."""
        self._text = f"invocation of {token} returned an error: {printable(text)}"
        super().__init__(self._text)

    def code(self) -> grpc.StatusCode:
        """Return the status that the engine gives, whatever the provider's was."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """Return the text."""
        return self._text

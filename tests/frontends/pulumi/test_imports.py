"""What the plugin's own process loads, and what it does without, to its last answer."""

from __future__ import annotations

import pytest
from support import commands
from support.plugin import spawn_talking

from callerid.sandbox.server import Sandbox

WITHOUT = {
    *("anyio", "asyncio", "certifi", "grpc.aio", "h2", "idna"),
    *("calendar", "email.parser", "google.protobuf.internal.python_message", "shutil"),
    *("click", "pulumi", "pydantic", "rich", "traceback", "yaml"),
}
"""What the libraries in use would load, or commands do, and no answer needs."""
CODECS = {"encodings.aliases", "encodings.utf_8"}
"""Those of Python's own start; where another cannot be loaded, Python never asks for it again."""


@pytest.mark.parametrize("caller", ["person", "service-user", "owner", "app"])
def test_answers_load_what_they_need_alone(caller: str) -> None:
    """All functions, for people and machines of both platforms."""
    with Sandbox.start() as sandbox:
        environ = {**sandbox.environment(caller), **commands.UNCOUNTED}
        environ["PYTHONPROFILEIMPORTTIME"] = "1"
        with spawn_talking(environ=environ) as (plugin, said):
            plugin.handshake()
            plugin.check_config()
            plugin.configure()
            user = plugin.invoke("getCurrentUser")
            plugin.invoke("getUserOrgRoles")
            assert plugin.invoke("requireCaller", ids=[user["id"]])["allowed"] is True
    loaded = {line.rpartition("|")[2].strip() for line in said[0].splitlines()}
    assert {"httpx", "pydantic_core", "callerid.core"} <= loaded
    assert loaded & WITHOUT == set()
    assert {each for each in loaded if each.startswith("encodings.")} <= CODECS

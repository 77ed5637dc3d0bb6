"""People paste what they have: quotation marks, headers and links around a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import Api, json_reply
from support.callers import csp, m3ter

from callerid.config import BY_NAME, KEYWORD, SNAKE_CASE, load, organization_id
from callerid.config.sources import PROVIDER, Naming
from callerid.errors import ArgumentError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from callerid.registry import PlatformName

TOKENS = [
    *("Bearer abc", "bearer: abc", "BEARER  abc\n", "Authorization: Bearer abc", "'Bearer abc'"),
    *('Bearer "abc"', "csp-auth-token: abc", "\u201cabc\u201d", "\ufeffabc", "\u200babc\r\n"),
]
ID = "2f9c0d5e-8d0b-4c4e-9a55-5d0f6f1f3a10"
LINKS: list[tuple[PlatformName, str]] = [
    ("csp", f"/csp/gateway/am/api/orgs/{ID}"),
    ("csp", f"https://console.cloud.vmware.com/csp/gateway/am/api/orgs/{ID}/"),
    ("csp", f"'/csp/gateway/am/api/v2/orgs/{ID}?expand=true'"),
    ("csp", f"/csp/gateway/am/api/loggedin/user/orgs/{ID}/info"),
    ("m3ter", f"/organizations/{ID}"),
    ("m3ter", f"https://api.m3ter.com/organizations/{ID}/users/me"),
    ("m3ter", f" \u201e{ID}\u201c\ufeff\n"),
    ("m3ter", f"`{ID}`"),
]


@pytest.mark.parametrize("pasted", TOKENS)
@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("m3terApiToken", "M3TER_API_TOKEN"),
        ("cspAccessToken", "CSP_ACCESS_TOKEN"),
        ("cspApiToken", "CSP_API_TOKEN"),
    ],
)
def test_a_token_is_taken_with_its_header_and_quotation_marks(
    name: str, variable: str, pasted: str
) -> None:
    """From a setting and from the environment alike."""
    for config in (load({name: pasted}, {}), load({}, {variable: pasted})):
        credential = config.choose().credential
        assert credential
        assert credential.values[0].get_secret_value() == "abc"


UNSET, WRONG = "not set", "an error"


@pytest.mark.parametrize(
    ("raw", "token", "secret"),
    [
        ("abc", "abc", "abc"),
        (" abc\r\n", "abc", "abc"),
        ("\ufeffabc\n", "abc", "abc"),
        ('"abc"', "abc", "abc"),
        (' "abc" \n', "abc", "abc"),
        ('\ufeff"abc"\r\n', "abc", "abc"),
        ('"\ufeffabc"', "abc", "abc"),
        (r'"a\u0062c"', "abc", "abc"),
        (r'"a\"c\n"', 'a"c', 'a"c'),
        (r'"a\c"', r"a\c", WRONG),
        ("'abc'", "abc", WRONG),
        ("\u201cabc\u201d", "abc", WRONG),
        ("\"'abc'\"", "abc", WRONG),
        ("'\"abc\"'", "abc", WRONG),
        ("Bearer abc", "abc", "Bearer abc"),
        ('"Bearer abc"', "abc", "Bearer abc"),
        ("12345", "12345", "12345"),
        ("nullish", "nullish", "nullish"),
        ("null", UNSET, UNSET),
        (" null\n", UNSET, UNSET),
        ('"null"', UNSET, UNSET),
        ("\ufeffnull", UNSET, UNSET),
        ("", UNSET, UNSET),
        (" \r\n", UNSET, UNSET),
        ("\ufeff", UNSET, UNSET),
        ('""', UNSET, UNSET),
        ("''", UNSET, UNSET),
        ('{"token": "abc"}', WRONG, WRONG),
        ('["abc"]', WRONG, WRONG),
        ("true", WRONG, WRONG),
    ],
)
@pytest.mark.parametrize("naming", [PROVIDER, KEYWORD, SNAKE_CASE, "variable", "file"])
def test_a_value_is_read_alike_wherever_it_comes_from(
    tmp_path: Path, naming: Naming | str, raw: str, token: str, secret: str
) -> None:
    """A setting of Pulumi, of the library, of Terraform, a variable as Docker has it, a file."""
    for name, partner, read in (
        ("cspApiToken", {}, token),
        ("m3terApiToken", {}, token),
        ("cspClientSecret", {"cspClientId": "app"}, secret),
        ("m3terApiSecret", {"m3terApiKey": "key"}, secret),
    ):
        if isinstance(naming, Naming):
            assert _read(name, {**partner, name: raw}, {}, naming) == read
            continue
        value, variable = raw, BY_NAME[name].env[0]
        if naming == "file":
            (tmp_path / "secret").write_bytes(raw.encode())
            value, [variable] = str(tmp_path / "secret"), BY_NAME[name].files
        environ = {BY_NAME[each].env[0]: given for each, given in partner.items()}
        found = _read(name, {}, {**environ, variable: value})
        assert found == (WRONG if (naming, read) == ("file", UNSET) else read)


def _read(
    name: str, settings: Mapping[str, str], environ: Mapping[str, str], naming: Naming = PROVIDER
) -> str:
    """Give what became of a credential's setting."""
    try:
        credential = load(settings, environ, naming).choose().credential
    except ConfigurationError as error:
        missing = "has no credential" in str(error) or "is half a pair" in str(error)
        return UNSET if missing else WRONG
    assert credential
    return credential.values[credential.flow.settings.index(name)].get_secret_value()


@pytest.mark.parametrize(("platform", "pasted"), LINKS)
def test_an_organization_is_taken_as_the_apis_link(
    api: Api, platform: PlatformName, pasted: str
) -> None:
    """As a setting, a variable, and the argument of a call, through one function."""
    assert organization_id(platform, pasted) == ID
    name, variable = f"{platform}OrgId", f"{platform.upper()}_ORG_ID"
    for config in (load({name: pasted}, {}), load({}, {variable: pasted})):
        assert ID in [each.org_id for each in config.platforms]
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(bodies.info()))
    core = (m3ter if platform == "m3ter" else csp)(api)
    assert core.call("getCurrentUser", {"orgId": pasted})["orgId"] == ID


def test_another_platforms_link_is_no_id_of_this_one() -> None:
    """Only a platform's own links are known to end in its id."""
    assert organization_id("m3ter", "/csp/gateway/am/api/orgs/1") == "/csp/gateway/am/api/orgs/1"


def test_a_link_that_is_not_known_is_refused(api: Api) -> None:
    """With the sentence that says which part to give; as an argument and as a setting."""
    link = "https://elsewhere.example/x/1"
    with pytest.raises(ArgumentError, match="is no link"):
        m3ter(api).call("getCurrentUser", {"orgId": link})
    core = m3ter(api, m3terOrgId=link, m3terApiToken="opaque")
    with pytest.raises(ConfigurationError, match="is no link"):
        core.call("getCurrentUser", {})
    assert api.seen == []


@pytest.mark.parametrize("pasted", ["''", '""', "\u200b", "  "])
def test_an_argument_of_quotation_marks_alone_is_no_organization(api: Api, pasted: str) -> None:
    """It is a mistake, and not the setting's organization."""
    with pytest.raises(ArgumentError, match="and no id"):
        m3ter(api).call("getCurrentUser", {"orgId": pasted})


@pytest.mark.parametrize("secret", ["'canary'", "\u201ccanary\u201d", '"can"ary"'])
def test_the_secret_of_a_pair_is_never_guessed(secret: str) -> None:
    """A quotation mark could be its own; the sentence does not show it."""
    environ = {"CSP_CLIENT_ID": "app", "CSP_CLIENT_SECRET": secret}
    with pytest.raises(ConfigurationError) as caught:
        load({}, environ).choose()
    assert str(caught.value) == (
        "environment CSP_CLIENT_SECRET is in quotation marks. Leave them out."
    )
    told = commands.call("doctor", **environ).output
    assert "in quotation marks" in told
    assert "canary" not in told


@pytest.mark.parametrize("name", ["cspApiToken", "cspOrgId", "m3terApiKey"])
@pytest.mark.parametrize("value", ["'canary", "canary\u201d"])
def test_half_a_pair_of_quotation_marks_is_refused(name: str, value: str) -> None:
    """What is missing is not known."""
    with pytest.raises(ConfigurationError) as caught:
        load({name: value}, {})
    assert str(caught.value) == (
        f"provider setting {name} begins or ends with a quotation mark. Leave it out."
    )

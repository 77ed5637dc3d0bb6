"""A third platform is one folder, one line in the registry, and one field in each result.

Everything else, from the settings to replays, follows without another file touched.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import commands
from support.pages import ROOT
from support.plugin import spawn

if TYPE_CHECKING:
    from pathlib import Path

    from toy.conftest import House

ORG = "5d0c7f1e-3b2a-4c8d-9e6f-0a1b2c3d4e5f"


def test_both_functions_answer_with_the_platforms_own_object(house: House) -> None:
    """For a person, and for a machine whose API fails at first."""
    me = house.answer("tess", "whoami")
    assert (me["platform"], me["displayName"], me["principalType"]) == ("toy", "Tess Toy", "user")
    assert (me["orgId"], me["credentialSource"]) == (ORG, "environment TOY_API_KEY")
    assert me["toy"]["organization"] == "Toy Box"
    assert house.answer("robot", "whoami")["principalType"] == "serviceUser"
    roles = house.answer("tess", "roles")
    assert roles["roleNames"] == ["builder", "keeper"]
    assert [each["name"] for each in roles["toy"]["roles"]] == ["builder", "guest", "keeper"]


def test_a_guard_judges_the_roles_of_the_new_platform(house: House) -> None:
    """One that counts, one that has ended, one that the token lacks, and one that is misspelt."""
    assert house.as_caller("tess", "require", "--all-role", "builder").returncode == 0
    for role, said in (
        ("guest", "renew guest"),
        ("keeper", "use a credential whose tokens carry it, in place of environment TOY_API_KEY"),
        ("bilder", "did you mean builder?"),
    ):
        done = house.as_caller("tess", "require", "--all-role", role)
        assert done.returncode == 1
        assert said in " ".join(done.stderr.split())


def test_errors_name_the_new_settings(house: House) -> None:
    """The way in that the platform recommends, and its title."""
    done = house.run(*_WHOAMI, CALLERID_PLATFORM="toy")
    ways = "toyApiKey and toyApiSecret (TOY_API_KEY, TOY_API_SECRET)"
    assert f"callerid has no credential for Toy Cloud. Set {ways}." in done.stderr
    near = house.run(*_WHOAMI, CALLERID_PLATFORM="tyo")
    assert "Did you mean toy?" in near.stderr


_WHOAMI = ("-c", "from callerid.cli import main; main(['whoami'])")


def test_doctor_visits_the_new_platform(house: House) -> None:
    """It asks for a token, the credential's own end, and who answers."""
    done = house.as_caller("tess", "doctor")
    told = " ".join(done.stdout.split())
    assert "The API answers as Tess Toy (person)." in told
    assert "TOY_API_KEY and TOY_API_SECRET are used: the API key." in told
    assert f"API key It belongs to organization {ORG}" in told
    assert "toy: Toy Cloud" in house.callerid("doctor").stdout


def test_the_sandbox_lists_and_describes_the_new_callers(house: House) -> None:
    """Its built-in callers stand in its folder."""
    assert "tess" in house.callerid("sandbox", "--list").stdout
    told = house.callerid("sandbox", "--describe", "robot").stdout
    for fact in ("Toy Cloud", "a machine", "key and secret (TOY_API_KEY, TOY_API_SECRET)", "ended"):
        assert fact in told
    schema = json.loads(house.run("-m", "callerid.sandbox.schema").stdout)
    assert "ToyCaller" in schema["definitions"]


def test_a_recording_is_replayed_without_the_person(house: House, tmp_path: Path) -> None:
    """The roles are the same, the person is made up, and the answer says when it was recorded."""
    file = tmp_path / "replay.yaml"
    recorded = house.as_caller(
        "tess", "record", "--output", str(file), "--", *commands.CALLERID, "roles"
    )
    assert recorded.returncode == 0, recorded.stderr
    assert "tess@example.com" not in file.read_text("utf-8")
    roles = house.answer("replay", "roles", scenario=str(file))
    assert roles["roleNames"] == ["builder", "keeper"]
    assert roles["recordedAt"].endswith("Z")


def test_the_plugin_takes_its_settings_and_answers(house: House) -> None:
    """The schema has the new settings and types; unknown names are still refused."""
    schema = json.loads((house.root / "schema.json").read_text("utf-8"))
    assert schema["config"]["variables"]["toyApiSecret"]["secret"] is True
    assert "callerid:index:ToyMe" in schema["types"]
    with spawn(environ=house.environment()) as plugin:
        [failure] = plugin.check_config(toyOrg="x").failures
        assert "Did you mean toyOrgId?" in failure.reason
        plugin.configure(toyApiKey="sandbox-x", toyApiSecret="y", toyBaseUrl="http://127.0.0.1:9")
        _, said = plugin.refusal("getCurrentUser")
    assert "Toy Cloud" in said


@pytest.mark.acceptance
def test_the_types_of_the_folder_are_right(house: House) -> None:
    """Mypy looks at it where it belongs: among the other platforms."""
    settings = [
        "--strict",
        "--explicit-package-bases",
        "--config-file",
        str(ROOT / "pyproject.toml"),
    ]
    folder = str(house.root / "provider" / "callerid" / "platforms" / "toy")
    done = house.run("-m", "mypy", *settings, folder, MYPYPATH=str(house.root / "provider"))
    assert done.returncode == 0, done.stdout


def test_the_house_stands_with_three_platforms(house: House) -> None:
    """No arrow points back, nothing is imported in a circle, and nobody else names the platform."""
    file = ROOT / "tests" / "test_house.py"
    done = house.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", str(file))
    assert done.returncode == 0, done.stdout

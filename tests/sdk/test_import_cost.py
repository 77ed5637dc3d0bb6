"""What importing the SDK costs: nothing beyond `pulumi`, which every program imports anyway."""

from __future__ import annotations

import subprocess
import sys

_IMPORT = "import sys, pulumi; before = set(sys.modules); "


def _loaded(program: str) -> set[str]:
    """Run a line in a fresh Python that has imported pulumi; give the modules that it loads."""
    show = f"{_IMPORT}{program}; print(*sorted(set(sys.modules) - before))"
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", show], capture_output=True, check=True, text=True
    )
    return set(ran.stdout.split())


def test_nothing_but_the_sdk_itself_is_imported() -> None:
    """Neither callerid nor any library: all that the SDK needs, pulumi has loaded already."""
    loaded = _loaded("import pulumi_callerid as c; c.Provider, c.get_current_user, c.outputs")
    assert {name.partition(".")[0] for name in loaded} == {"pulumi_callerid"}


def test_importing_the_package_loads_the_package_alone() -> None:
    """Types, functions and settings are loaded when a program first names them."""
    assert _loaded("import pulumi_callerid") == {"pulumi_callerid"}
    assert "pulumi_callerid.outputs" not in _loaded("from pulumi_callerid import require_caller")


def test_a_module_does_not_hide_its_function() -> None:
    """Whatever is imported first, a function's name stays that of the function."""
    program = (
        "import pulumi_callerid._get_current_user, pulumi_callerid as c; "
        "c.GetCurrentUserResult; assert c.get_current_user.__name__ == 'get_current_user'"
    )
    assert "pulumi_callerid._get_current_user" in _loaded(program)


def test_a_misspelt_name_is_an_attribute_error() -> None:
    """And what there is can be listed."""
    _loaded("import pulumi_callerid as c; assert not hasattr(c, 'get_curent_user')")
    _loaded("import pulumi_callerid as c; assert set(c.__all__) <= set(dir(c))")

"""Asks with what fails before anybody is asked; the configuration says what, and in which form."""

from typing import Any, NoReturn

import pulumi

import pulumi_callerid as callerid


def _read(_: str) -> NoReturn:
    message = "the file is gone"
    raise ValueError(message)


def _look(_: str) -> NoReturn:
    message = "region"
    raise KeyError(message)


def _given(case: str) -> dict[str, Any]:
    """Give arguments of which one fails."""
    if case == "provider":
        opts = pulumi.ResourceOptions(version="nonsense")
        return {"opts": pulumi.InvokeOptions(provider=callerid.Provider("p", opts=opts))}
    fails = {"value error": _read, "key error": _look}[case]
    return {"org_id": pulumi.Output.from_input("o-1").apply(fails)}


config = pulumi.Config()
ask, given = getattr(callerid, config.require("form")), _given(config.require("case"))
try:
    ask(**given)
except Exception as error:
    pulumi.warn(f"{type(error).__name__}: {error}")
    raise

"""The schema as it ships: read, not derived, because deriving it needs the models."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("schema.json")


@cache
def schema() -> dict[str, Any]:
    """Return the fields of `GetProviderSchemaResponse`."""
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def provider_attributes() -> list[dict[str, Any]]:
    """Return the attributes of the provider's block."""
    attributes: list[dict[str, Any]] = schema()["provider"]["block"]["attributes"]
    return attributes


@cache
def secrets() -> frozenset[str]:
    """Return the settings that are secret."""
    return frozenset(each["name"] for each in provider_attributes() if each.get("sensitive"))


@cache
def lists() -> frozenset[str]:
    """Return the arguments that are lists: their entries have places, those of sets have none."""
    return frozenset(
        each["name"]
        for source in schema()["data_source_schemas"]
        for each in source["value"]["block"]["attributes"]
        if each.get("optional") and json.loads(each["type"])[0] == "list"
    )


def data_source_attributes(name: str) -> list[dict[str, Any]]:
    """Return the attributes of a data source's block."""
    blocks = {each["key"]: each["value"]["block"] for each in schema()["data_source_schemas"]}
    attributes: list[dict[str, Any]] = blocks[name]["attributes"]
    return attributes

"""Settings: the one table of them, and the rules by which they become a configuration."""

from callerid.config.chosen import Config, Credential, PlatformConfig
from callerid.config.given import Given, given
from callerid.config.sources import KEYWORD, SNAKE_CASE, check, load
from callerid.config.table import (
    BUILT_IN_ROLES,
    BY_NAME,
    DEFAULT_TIMEOUT_SECONDS,
    FLOWS,
    PLATFORM_TITLES,
    RECOMMENDED,
    ROLE_PREFIXES,
    SETTINGS,
    SIBLINGS,
    TIMEOUT,
    organization_id,
    shortest_way,
)
from callerid.registry import PlatformName
from callerid.setting import Flow, Setting
from callerid.setting_rules import is_loopback

__all__ = [
    "BUILT_IN_ROLES",
    "BY_NAME",
    "DEFAULT_TIMEOUT_SECONDS",
    "FLOWS",
    "KEYWORD",
    "PLATFORM_TITLES",
    "RECOMMENDED",
    "ROLE_PREFIXES",
    "SETTINGS",
    "SIBLINGS",
    "SNAKE_CASE",
    "TIMEOUT",
    "Config",
    "Credential",
    "Flow",
    "Given",
    "PlatformConfig",
    "PlatformName",
    "Setting",
    "check",
    "given",
    "is_loopback",
    "load",
    "organization_id",
    "shortest_way",
]

"""What the functions are called here: data sources, with the provider's name before each."""

from __future__ import annotations

PROVIDER = "callerid"
SOURCE = "callerid/callerid"
"""The provider's address in a configuration; a tool adds the host that it takes for granted."""
FUNCTIONS = {
    "callerid_current_user": "getCurrentUser",
    "callerid_user_org_roles": "getUserOrgRoles",
    "callerid_require_caller": "requireCaller",
}
"""Data source to the function that it asks."""
GUARD = "requireCaller"
"""The function that needs arguments."""
DATA_SOURCES = {function: name for name, function in FUNCTIONS.items()}
"""Function to the data source that asks it."""

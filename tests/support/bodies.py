"""Replies of both APIs, small: a test adds what it is about."""

from __future__ import annotations

from typing import Any

ORG = "2f9c0d5e-8d0b-4c4e-9a55-5d0f6f1f3a10"
ADA = "7d9e2b7c-0f0a-4a4e-8c39-0a8c4a2f6f01"
ME = f"GET /organizations/{ORG}/users/me"
POLICIES = f"GET /organizations/{ORG}/users/{ADA}/permissions"
DETAILS = f"GET /organizations/{ORG}/users/{ADA}"
GROUPS = f"GET /organizations/{ORG}/users/{ADA}/usergroups"
MACHINE_POLICIES = f"GET /organizations/{ORG}/serviceusers/{ADA}/permissions"
TOKEN = "POST /oauth/token"
CSP = "/csp/gateway/am/api"
INFO = f"GET {CSP}/loggedin/user/orgs/{ORG}/info"
AUTHORIZE = f"POST {CSP}/auth/api-tokens/authorize"
APP_TOKEN = f"POST {CSP}/auth/token"


def group_policies(group: str) -> str:
    """Give the route of a user group's permission policies."""
    return f"GET /organizations/{ORG}/resourcegroups/user/{group}/permissions"


def person(**more: Any) -> dict[str, Any]:
    """Answer `users/me` for a person."""
    user = {"id": ADA, "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com"}
    return {"user": {**user, **more}, "organization": {"id": "o-1", "organizationName": "Acme"}}


def machine(**more: Any) -> dict[str, Any]:
    """Answer `users/me` for a service user."""
    return {"user": None, "serviceUser": {"id": ADA, "name": "deploy", **more}}


def policy(name: str, *actions: str) -> dict[str, Any]:
    """Write a permission policy that allows some actions, or all."""
    statement = {"effect": "ALLOW", "action": list(actions or ["ALL"]), "resource": ["*"]}
    return {"id": f"id-{name}", "name": name, "permissionPolicy": [statement]}


def info(*org_roles: Any, **org: Any) -> dict[str, Any]:
    """Answer `/info` with one organization."""
    user = {"userId": "acme:1", "firstName": "Grace", "username": "grace@example.com"}
    org_info = {"name": "acme", "displayName": "Acme", "orgRoles": list(org_roles), **org}
    return {"user": user, "userOrgInfo": [org_info]}


def token(value: str, expires_in: int = 1800) -> dict[str, Any]:
    """Answer a token request."""
    return {"access_token": value, "expires_in": expires_in, "token_type": "bearer", "scope": None}

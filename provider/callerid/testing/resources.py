"""The resources of one run: what was declared, what is still on its way, what exists."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import TYPE_CHECKING, Any

from callerid.testing import urn as urns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.testing.result import RegisteredResource


class DeclarationError(Exception):
    """A resource that the engine would end the run for: no parent, or the same URN twice."""


@dataclass(frozen=True)
class _Entry:
    parent: str
    pending: bool
    component: bool
    providers: Mapping[str, str]


class Resources:
    """Keeps every resource of a run and answers whether what depends on it may go on."""

    def __init__(self) -> None:
        """Start with none."""
        self._changed = Condition()
        self._claimed: set[str] = set()
        self._entries: dict[str, _Entry] = {}
        self._in_flight: Counter[str] = Counter()
        self._declared: list[RegisteredResource] = []
        self._outputs: dict[str, Mapping[str, Any]] = {}

    @contextmanager
    def in_flight(self, parent: str) -> Iterator[None]:
        """Mark a registration beneath `parent` as on its way."""
        with self._changed:
            self._in_flight[parent] += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight[parent] -= 1
                self._changed.notify_all()

    def claim(self, urn: str, parent: str) -> None:
        """Take a URN for a new resource.

        Raises:
            DeclarationError: it is taken, or its parent was never registered.
        """
        with self._changed:
            if parent and parent not in self._claimed:
                message = f"could not find parent resource {parent}"
                raise DeclarationError(message)
            if urn in self._claimed:
                message = f"Duplicate resource URN '{urn}'; try giving it a unique name"
                raise DeclarationError(message)
            self._claimed.add(urn)

    def settle(
        self,
        resource: RegisteredResource,
        parent: str,
        identity: str,
        providers: Mapping[str, str],
    ) -> None:
        """Keep a registered resource; a custom one without an id does not exist yet."""
        pending = resource.custom and not identity
        with self._changed:
            entry = _Entry(parent, pending, not resource.custom, dict(providers))
            self._entries[resource.urn] = entry
            if resource.type != urns.STACK_TYPE:
                self._declared.append(resource)
            self._changed.notify_all()

    @property
    def declared(self) -> tuple[RegisteredResource, ...]:
        """All resources but the stack, in the order of their registration."""
        with self._changed:
            return tuple(self._declared)

    def provider_of(self, component: str, package: str) -> str:
        """Return the provider that a component passes to its children, or an empty text."""
        entry = self._entries.get(component)
        return entry.providers.get(package, "") if entry else ""

    def put_outputs(self, urn: str, outputs: Mapping[str, Any]) -> None:
        """Keep what a component came to.

        Raises:
            DeclarationError: it was never registered.
        """
        with self._changed:
            if urn not in self._entries:
                message = f"outputs for {urn}, which was never registered"
                raise DeclarationError(message)
            self._outputs[urn] = outputs

    @property
    def exports(self) -> Mapping[str, Any]:
        """The outputs of the stack."""
        with self._changed:
            stack = (urn for urn in self._outputs if urns.qualified_type(urn) == urns.STACK_TYPE)
            return self._outputs.get(next(stack, ""), {})

    def wait_for(self, roots: list[str]) -> bool:
        """Return whether all resources beneath `roots` exist; awaits registrations in flight.

        A component stands for everything below it, down to the first custom resource of each
        branch. URNs that were never registered do not count.
        """
        with self._changed:
            while True:
                exists, components = self._expand(roots)
                if not exists:
                    return False
                if not any(self._in_flight[component] for component in components):
                    return True
                self._changed.wait()

    def _expand(self, roots: list[str]) -> tuple[bool, set[str]]:
        components: set[str] = set()
        frontier = list(roots)
        while frontier:
            urn = frontier.pop()
            entry = self._entries.get(urn)
            if entry and entry.pending:
                return False, set()
            if entry and entry.component and urn not in components:
                components.add(urn)
                frontier += [each for each, its in self._entries.items() if its.parent == urn]
        return True, components

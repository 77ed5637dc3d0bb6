"""`terraform plan` with callerid, beside the same two data sources on the framework `tf`."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from callerid.sandbox.server import Sandbox
from start import compiling
from table import Row, Table, compare
from terraform_project import BASELINE, CALLERID, obstacle, projects, required

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from terraform_project import Process, Project, Side

PLANS, BLOCKS = 7, (1, 10, 100)
CALLER, ID, ROLE = "owner", "example.com:4b6d8f20-1a3c-4e5d-97b8-c0f2e4a6d813", "org_owner"
OTHER = "tf 1.2.0"
PARTS = ("tells the schema", "validates", "plans, and reads")
"""What the processes of a plan are for, in the order of their starts."""
HEAVY = ("httpx", "pydantic")
"""What HTTP and the models bring along."""
FLOOR = 'resource "terraform_data" "nothing" {}\n'
PROCESSES = (
    "process of a plan",
    *("CPU", f"CPU, {OTHER}", "to reach"),
    *("modules", f"modules, {OTHER}", "loads HTTP and models", f"loads HTTP and models, {OTHER}"),
)
_WALL, _WITHIN = "terraform plan", "Processes of a terraform plan"


def tables() -> Iterator[Table]:
    """Give the tables; where Terraform is not, each says so."""
    if why := obstacle():
        yield compare(_WALL, OTHER, [Row(f"not measured: {why}", "", "", "")])
        yield Table(_WITHIN, PROCESSES, [(f"not measured: {why}", *("" for _ in PROCESSES[1:]))])
        return
    texts = (_configuration(CALLERID, 2), _configuration(BASELINE, 2), FLOOR)
    with (
        Sandbox.start() as sandbox,
        compiling() as compiled,
        projects({**sandbox.environment(CALLER), **compiled}, *texts) as (ours, theirs, floor),
    ):
        for project in (ours, theirs):
            _require_answer(project.plan(), ID, ROLE)  # compiles, and warms the disk's cache
        wall = _times(ours, theirs, floor)
        yield compare(_WALL, OTHER, [*wall, *_requests(sandbox, ours, theirs)])
        yield Table(f"{_WITHIN} (medians of {PLANS})", PROCESSES, _processes(ours, theirs))


def _configuration(side: Side, blocks: int) -> str:
    """Write a configuration with so many data blocks, of both kinds by turns."""
    kinds = [f"{side.name}_{kind}" for kind in ("current_user", "user_org_roles")]
    data = [f'data "{kinds[number % 2]}" "b{number}" {{}}' for number in range(blocks)]
    outputs = [f'output "id" {{ value = data.{kinds[0]}.b0.id }}']
    if blocks > 1:
        outputs.append(f'output "roles" {{ value = data.{kinds[1]}.b1.role_names }}')
    return "\n".join([required(side), *data, *outputs, ""])


def _require_answer(printed: str, *expected: str) -> None:
    """Make sure that what was measured is an answer, about the caller."""
    for text in expected:
        if text not in printed:
            message = f"terraform plan does not show {text}, but: {printed}"
            raise AssertionError(message)


def _times(ours: Project, theirs: Project, floor: Project) -> list[Row]:
    """Time plans by turns, and compare the medians."""
    runs = [[_seconds(each) for each in (ours, theirs, floor)] for _ in range(PLANS)]
    callerid, other, nothing = map(median, zip(*runs, strict=True))
    return [
        Row(
            f"terraform plan with both data sources (median of {PLANS})",
            f"{callerid:.2f} s",
            f"{other:.2f} s",
            f"{callerid / other:.2f} of at most 0.80",
        ),
        Row("of that: terraform_data alone, without a plugin", f"{nothing:.2f} s", "", ""),
    ]


def _seconds(project: Project) -> float:
    started = time.perf_counter()
    project.plan()
    return time.perf_counter() - started


def _requests(sandbox: Sandbox, ours: Project, theirs: Project) -> Iterator[Row]:
    """Count what reaches the API in a plan, by the number of data blocks."""

    def count(side: Side, project: Project, blocks: int) -> str:
        project.write(_configuration(side, blocks))
        sandbox.requests.clear()
        _require_answer(project.plan(), ID)
        return str(len(sandbox.requests))

    for blocks in BLOCKS:
        what = f"upstream requests of a plan, by number of data blocks: {blocks}"
        yield Row(what, count(CALLERID, ours, blocks), count(BASELINE, theirs, blocks), "2")


def _processes(ours: Project, theirs: Project) -> list[tuple[str, ...]]:
    """Tell what each process of a plan took and loaded, on both sides."""
    for side, project in ((CALLERID, ours), (BASELINE, theirs)):
        project.write(_configuration(side, 2))
    runs = [[_watched(project) for project in (ours, theirs)] for _ in range(PLANS)]
    return [
        _row(part, [run[0][number] for run in runs], [run[1][number] for run in runs])
        for number, part in enumerate(PARTS)
    ]


def _watched(project: Project) -> list[Process]:
    found = project.watched_plan()
    if len(found) != len(PARTS):
        message = f"a plan had {len(found)} processes, not {len(PARTS)}"
        raise AssertionError(message)
    return found


def _row(part: str, ours: Sequence[Process], theirs: Sequence[Process]) -> tuple[str, ...]:
    return (
        part,
        *(f"{median(each.cpu for each in side):.2f} s" for side in (ours, theirs)),
        "0.25 s",
        *(str(len(side[-1].modules)) for side in (ours, theirs)),
        *(_heavy(side[-1]) for side in (ours, theirs)),
    )


def _heavy(process: Process) -> str:
    loaded = [name for name in HEAVY if name in process.modules]
    return " and ".join(loaded) or "no"

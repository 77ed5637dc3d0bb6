"""`make mutation`: whether a test fails for each small fault put into the code.

`make mutation ONLY=provider/callerid/core.py` tries one file, or those of one folder. A fault that
no test sees stands in survivors.toml with the reason why it changes nothing; any other, and one
that is listed but seen, fails the run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from mutation import attempts, nursery, survivors
from mutation.mutants import Mutant, mutants
from mutation.reach import Reach, measure
from mutation.survivors import Survivor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("survivors.toml")
CACHE = ROOT / ".coverage" / "mutation"
DECIDING = (
    *("core.py", "config", "ends.py", "functions", "guard", "platforms", "role_rules.py"),
    *("setting_rules.py", "times.py"),
)
"""What decides who somebody is, and what they may do."""
TESTS = (
    *("asking", "cli", "docs/test_pages.py", "docs/test_troubleshooting.py", "functions", "guard"),
    *("frontends/pulumi/test_schema.py", "frontends/terraform/test_service.py"),
    *("platforms", "recording", "sandbox", "test_base_url.py", "test_config.py", "test_core.py"),
    "test_derived.py::test_derived_files_are_up_to_date",
    *("test_ends.py", "test_errors.py", "test_library.py", "test_misplaced_secrets.py"),
    *("test_model.py", "test_nearest.py", "test_pasted.py", "test_secret_files.py"),
    *("test_setting_rules.py", "test_times.py", "test_whole_configurations.py"),
)
"""Where tests call what decides in their own process."""
SEE_TABLES = (
    "cli/doctor/test_settings.py::test_no_other_tools_variable_is_forgotten_or_ours",
    "docs/test_pages.py::test_the_table_of_settings_is_fresh",
    "frontends/pulumi/test_schema.py::test_schema_file_is_fresh",
    *("platforms/test_csp_settings.py", "platforms/test_settings.py"),
    "platforms/test_permissions.py::test_a_known_form_is_read",
    "platforms/test_permissions.py::test_a_word_for_none_is_no_organization",
    "sandbox/test_schema.py::test_the_schema_file_matches_the_models",
    "test_base_url.py::test_the_path_of_the_api_is_left_out",
    *("test_config.py::test_csp_flows", "test_config.py::test_every_platform_is_complete"),
    *("test_config.py::test_no_credential", "test_config.py::test_two_flows_at_once"),
    "test_derived.py::test_derived_files_are_up_to_date",
)
"""Those for what only runs at import, such as a table of settings: no test reaches it."""
NEAREST = {
    "guard": ("guard/", "asking/test_app_organizations.py"),
    "setting_rules.py": (
        *("test_setting_rules.py", "test_pasted.py", "test_base_url.py", "test_config.py"),
        *("test_whole_configurations.py", "test_misplaced_secrets.py"),
    ),
}
"""The tests of a file or folder that do not all stand in the folder of its name."""
LEAST = 0.95
MOST_SECONDS = 20.0
"""What the tests for one fault may take; what they miss counts as seen by no test."""


@dataclass
class _Job(attempts.Attempt):
    mutant: Mutant = field(kw_only=True)
    rest: list[str] = field(default_factory=list)
    """Tests to try when none of the first ones saw it."""


def main() -> None:
    """Try every mutant of the files asked, and tell what was found."""
    asked = _arguments()
    files = _files(asked.only)
    reach = measure(ROOT, CACHE / _name(asked.tests), asked.tests)
    jobs = list(_jobs(files, reach))
    _demand_that_all_pass(jobs, reach, asked.jobs)
    quick = [each for each in jobs if each.tests and not each.mutant.runs_at_import]
    slow = [each for each in jobs if each.mutant.runs_at_import]
    slow += [_whole(each, reach) for each in _try_quickly(files, quick, asked.jobs)]
    survived = _try(slow, asked.jobs)
    survived = [each for each in survived if not each.rest] + _try(
        [_second(each, reach) for each in survived if each.rest], asked.jobs
    )
    survived += [each for each in jobs if not each.tests and not each.mutant.runs_at_import]
    _report(files, jobs, survived, asked.log)


def _name(tests: list[str]) -> str:
    return sha256("\n".join(tests).encode()).hexdigest()[:12]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="files or folders; else all that decide")
    parser.add_argument("--tests", nargs="+", default=_below_tests(TESTS), help="those to try")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--log", type=Path, help="a file for survivors, ready for survivors.toml")
    return parser.parse_args()


def _below_tests(names: Iterable[str]) -> list[str]:
    return [f"tests/{each}" for each in names]


def _files(only: list[str]) -> list[str]:
    places = [ROOT / each for each in only or [f"provider/callerid/{each}" for each in DECIDING]]
    found = {
        file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))
    }
    return [
        file.relative_to(ROOT).as_posix()
        for file in sorted(found, key=lambda each: each.stat().st_size)
    ]


def _jobs(files: list[str], reach: Reach) -> Iterator[_Job]:
    for file in files:
        of_file = dict.fromkeys([*reach.of(file), *reach.within(_below_tests(SEE_TABLES))])
        everywhere = _affordable(_nearest_first([*of_file], file), reach)
        for mutant in mutants((ROOT / file).read_text(encoding="utf-8")):
            first = [] if mutant.runs_at_import else reach.of(file, mutant.lines)
            tests = _affordable(_nearest_first(first, file) or everywhere, reach)
            rest = [each for each in everywhere if each not in tests]
            yield _Job(file, mutant.source, tests, _seconds(tests, reach), mutant=mutant, rest=rest)


def _nearest_first(tests: list[str], file: str) -> list[str]:
    """Put the tests of tables before those that are the file's own, and these before all others."""
    folder, *_ = Path(file).relative_to("provider/callerid").parts
    tables, own = (
        tuple(_below_tests(each)) for each in (SEE_TABLES, NEAREST.get(folder, (f"{folder}/",)))
    )
    return sorted(tests, key=lambda each: (not each.startswith(tables), not each.startswith(own)))


def _affordable(tests: list[str], reach: Reach) -> list[str]:
    """Take tests from the first on, as many as are worth it for one fault."""
    total = accumulate(reach.seconds.get(each, 0.0) for each in tests)
    return [each for each, so_far in zip(tests, total, strict=True) if so_far <= MOST_SECONDS]


def _seconds(tests: list[str], reach: Reach) -> float:
    return sum(reach.seconds.get(each, 0.0) for each in tests)


def _whole(job: _Job, reach: Reach) -> _Job:
    return _again(job, [*job.tests, *job.rest], reach)


def _second(job: _Job, reach: Reach) -> _Job:
    return _again(job, job.rest, reach)


def _again(job: _Job, tests: list[str], reach: Reach) -> _Job:
    return replace(job, tests=tests, seconds=_seconds(tests, reach), rest=[])


def _demand_that_all_pass(jobs: list[_Job], reach: Reach, side_by_side: int) -> None:
    """Leave where a test fails without a fault: it would kill them all."""
    tests = sorted({test for job in jobs for test in (*job.tests, *job.rest)})
    source = (ROOT / jobs[0].file).read_text(encoding="utf-8")
    shares = [tests[number::side_by_side] for number in range(side_by_side)]
    unchanged = [
        attempts.Attempt(jobs[0].file, source, share, _seconds(share, reach))
        for share in shares
        if share
    ]
    for each in attempts.run(ROOT, unchanged, side_by_side):
        if not each.passed:
            sys.exit(f"mutation: fails without any fault:\n{each.log[-3000:]}")


def _try_quickly(files: list[str], jobs: list[_Job], side_by_side: int) -> list[_Job]:
    """Return those that no test saw in a fork of loaded tests."""
    survived = []
    for file in files:
        mine = [each for each in jobs if each.file == file]
        if mine:
            tried = nursery.run(ROOT, [_unchanged(mine), *mine], side_by_side)
            survived += _survivors(_demanding(tried), len(mine), file)
    return survived


def _unchanged(jobs: list[_Job]) -> attempts.Attempt:
    """Give the tests of all jobs on a file, and no fault."""
    tests = list(dict.fromkeys(test for each in jobs for test in each.tests))
    source = (ROOT / jobs[0].file).read_text(encoding="utf-8")
    return attempts.Attempt(jobs[0].file, source, tests, sum(each.seconds for each in jobs))


def _demanding(tried: Iterable[attempts.Attempt]) -> Iterator[attempts.Attempt]:
    """Leave where a test fails without a fault, in a fork too: it would kill all it reaches."""
    for each in tried:
        if isinstance(each, _Job):
            yield each
        elif not each.passed:
            sys.exit(f"mutation: fails in a fork without any fault:\n{each.log}")


def _try(jobs: list[_Job], side_by_side: int) -> list[_Job]:
    """Return those that no test saw from the start."""
    untested = [job for job in jobs if not job.tests]
    tested = [job for job in jobs if job.tests]
    tried = attempts.run(ROOT, tested, side_by_side)
    return untested + _survivors(tried, len(tested), "from the start")


def _survivors(tried: Iterable[attempts.Attempt], total: int, what: str) -> list[_Job]:
    survived = []
    for number, each in enumerate(tried, 1):
        if each.survived and isinstance(each, _Job):
            survived.append(each)
        if number % 50 == 0 or number == total:
            _tell(f"{what}: {number} of {total} tried, {len(survived)} seen by no test")
    return survived


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _report(files: list[str], jobs: list[_Job], survived: list[_Job], log: Path | None) -> None:
    found = {_survivor(each) for each in survived}
    known = survivors.read(KNOWN)
    made, alive = Counter(each.file for each in jobs), Counter(each.file for each in survived)
    listed = Counter(each.file for each in survived if _survivor(each) in known)
    _tell(f"\n{'file':60} mutants  killed  listed  left")
    for file in files:
        killed = made[file] - alive[file]
        left = alive[file] - listed[file]
        _tell(f"{file:60} {made[file]:7} {killed:7} {listed[file]:7} {left:5}")
    killed = len(jobs) - len(survived)
    rate = killed / len(jobs) if jobs else 1.0
    _tell(f"{killed} of {len(jobs)} killed: {rate:.1%}")
    problems = survivors.wrong(known, found, files)
    if log:
        log.write_text(_toml(sorted(found - known.keys())), encoding="utf-8")
    if rate < LEAST:
        problems.append(f"fewer than {LEAST:.0%} are killed")
    if problems:
        sys.exit("\n".join(problems))


def _survivor(job: _Job) -> Survivor:
    return Survivor(job.file, *job.mutant.key)


def _toml(found: list[Survivor]) -> str:
    return "\n".join(
        f"[[survivor]]\nfile = {each.file!r}\nin = {each.place!r}\nbefore = '''{each.before}'''\n"
        f"after = ['''{each.after}''']\nreason = ''\n"
        for each in found
    )


if __name__ == "__main__":
    main()

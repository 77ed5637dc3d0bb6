"""The workflows of public CI: pinned, with the least rights, no stranger's words in a shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import distributions

if TYPE_CHECKING:
    from collections.abc import Iterator

GITHUB = Path(__file__).parents[2] / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
USES = re.compile(r"\buses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
RIGHTS = {
    "ci.yml": {
        "set-up": {"contents": "read"},
        "test": {"contents": "read"},
        "lowest": {"contents": "read"},
        "newest": {"contents": "read"},
    },
    "proof.yml": {"try": {"contents": "read"}},
    "release.yml": {
        "build": {"contents": "read"},
        "rebuild": {"contents": "read"},
        "test": {"contents": "read"},
        "attest": {"attestations": "write", "id-token": "write"},
        "publish": {"id-token": "write"},
        "release": {"contents": "write"},
    },
}
"""Every right that any job has."""
MINUTES = {"ci.yml": 60, "proof.yml": 240, "release.yml": 60}
"""How long any job of a workflow may take."""
ZIZMOR = shutil.which("zizmor", path=str(Path(sys.executable).parent))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def path(request: pytest.FixtureRequest) -> Path:
    """Give each workflow in turn."""
    found: Path = request.param
    return found


def _read(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true; as plain text it stays what GitHub reads.
    parsed: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - plain text alone
    return parsed


def _steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in _read(path)["jobs"].values():
        yield from job["steps"]


def test_every_action_is_pinned(path: Path) -> None:
    """By a commit's full id, and the line says which version that is."""
    lines = path.read_text(encoding="utf-8").splitlines()
    used = [line for line in lines if "uses:" in line]
    assert used
    assert [line for line in used if not USES.search(line)] == []


def test_one_action_has_one_pin() -> None:
    """All workflows use an action at the same commit."""
    texts = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = set(re.findall(r"uses: (\S+)@(\S+)", texts))
    assert len(pins) == len({action for action, _ in pins})


def test_rights_are_the_least(path: Path) -> None:
    """None at the top, and each job has those listed here."""
    workflow = _read(path)
    assert workflow["permissions"] == {}
    given = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert given == RIGHTS[path.name]


def test_strangers_get_no_rights(path: Path) -> None:
    """Nothing runs with our rights on a stranger's pull request."""
    assert not {"pull_request_target", "workflow_run"} & set(_read(path)["on"])


def test_no_expression_stands_in_a_shell(path: Path) -> None:
    """What GitHub fills into a command could be anybody's words; variables cannot break out."""
    assert [step["run"] for step in _steps(path) if "${{" in step.get("run", "")] == []
    assert not re.search(r"github\.event(?!_name)", path.read_text(encoding="utf-8"))


def test_the_token_is_not_left_behind(path: Path) -> None:
    """A checkout leaves no credential for later steps."""
    checkouts = [step for step in _steps(path) if "actions/checkout" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)


def test_every_job_ends(path: Path) -> None:
    """A job that hangs is stopped, and two runs do not get into each other's way."""
    workflow = _read(path)
    assert "group" in workflow["concurrency"]
    limits = [int(job["timeout-minutes"]) for job in workflow["jobs"].values()]
    assert max(limits) <= MINUTES[path.name]


@pytest.mark.parametrize("job", ["set-up", "test"])
def test_every_supported_python_and_system_is_tested(job: str) -> None:
    """The classifiers of pyproject.toml and the matrix of CI agree."""
    matrix = _read(GITHUB / "workflows" / "ci.yml")["jobs"][job]["strategy"]["matrix"]
    text = (GITHUB.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert matrix["python"] == re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)
    assert [name.partition("-")[0] for name in matrix["os"]] == ["ubuntu", "macos", "windows"]


def test_the_set_up_is_tried_every_week() -> None:
    """On days without a push too, with nothing kept from the run before."""
    workflow = _read(GITHUB / "workflows" / "ci.yml")
    [when] = workflow["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", when["cron"])
    steps = workflow["jobs"]["set-up"]["steps"]
    assert [step["with"] for step in steps if "cache" in step.get("with", {})] == []
    assert any(step.get("run") == "make preview setup PYTHON=python" for step in steps)


def test_the_lowest_and_the_newest_versions_are_tested() -> None:
    """The lowest on the oldest Python, the newest on the newest, and every week."""
    jobs = _read(GITHUB / "workflows" / "ci.yml")["jobs"]
    matrix = jobs["test"]["strategy"]["matrix"]["python"]
    for job, python in (("lowest", matrix[0]), ("newest", matrix[-1])):
        *_, set_up, run = jobs[job]["steps"]
        assert set_up["with"]["python-version"] == python
        assert run["run"].startswith(f"make {job} ")


def test_what_takes_an_hour_is_tried_every_week() -> None:
    """What is covered, what tests see, and everything that is promised."""
    workflow = _read(GITHUB / "workflows" / "proof.yml")
    [when] = workflow["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", when["cron"])
    [job] = workflow["jobs"].values()
    assert job["strategy"]["matrix"] == {"target": ["coverage", "mutation", "trust"]}
    run = job["steps"][-1]
    assert 'make "$TARGET" ' in run["run"]
    assert run["env"] == {"TARGET": "${{ matrix.target }}"}


def test_what_is_published_was_built_once_and_tested() -> None:
    """Each step of a release waits for those before; what is built again is compared alone."""
    jobs = _read(GITHUB / "workflows" / "release.yml")["jobs"]
    waits = {name: job.get("needs") for name, job in jobs.items()}
    assert waits == {
        "build": None,
        "rebuild": "build",
        "test": "build",
        "attest": ["build", "rebuild", "test"],
        "publish": ["build", "attest"],
        "release": ["build", "publish"],
    }


CHECK, KEEP = "Take nothing but what was built", "Keep the packages alone"
CHECKED = ("attest", "publish", "release")
"""What hands on packages, and what only a tag makes: it must be what `build` made."""


def _named(name: str) -> dict[str, Any]:
    """Find the steps of that name, by their job."""
    jobs = _read(GITHUB / "workflows" / "release.yml")["jobs"]
    named = {job: [s for s in jobs[job]["steps"] if s.get("name") == name] for job in jobs}
    return {job: steps[0] for job, steps in named.items() if steps}


def test_what_is_handed_on_is_checked_first() -> None:
    """Right after it was downloaded, and nothing else is run where there is a right to publish."""
    steps, jobs = _named(CHECK), _read(GITHUB / "workflows" / "release.yml")["jobs"]
    assert tuple(steps) == CHECKED
    assert len({json.dumps(step) for step in steps.values()}) == 1
    assert all(jobs[job]["steps"][1] == steps[job] for job in CHECKED)
    assert steps["attest"]["env"] == {"SUMS": "${{ needs.build.outputs.sums }}"}
    runs = [s["name"] for job in ("attest", "publish") for s in jobs[job]["steps"] if "run" in s]
    assert runs == [CHECK, CHECK, KEEP]


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
@pytest.mark.parametrize("changed", ["", "a.whl", "b.cdx.json", distributions.SUMS])
def test_what_is_not_as_built_is_not_handed_on(tmp_path: Path, changed: str) -> None:
    """A package, the bill, or the list itself that another job put in its place."""
    dist = tmp_path / "dist"
    dist.mkdir()
    for name in ("a.whl", "a.tar.gz", "b.cdx.json"):
        (dist / name).write_text(name, encoding="utf-8")
    listed = _shell("sha256sum *", dist).stdout
    (dist / distributions.SUMS).write_text(listed, encoding="utf-8")
    sums = sha256(listed.encode()).hexdigest()
    if changed:
        with (dist / changed).open("a", encoding="utf-8") as file:
            file.write("\n")
    done = _shell(_named(CHECK)["publish"]["run"], dist, SUMS=sums)
    assert (done.returncode == 0) == (not changed)
    assert _shell(_named(KEEP)["publish"]["run"], tmp_path).returncode == 0
    assert {each.name for each in (tmp_path / "packages").iterdir()} == {"a.whl", "a.tar.gz"}


def _shell(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does."""
    return subprocess.run(  # noqa: S603 - our own workflow
        [shutil.which("bash") or "", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        check=False,
        text=True,
    )


def test_the_release_has_everything_that_was_built() -> None:
    """Packages, bill of materials and checksums; the package index takes the packages alone."""
    jobs = _read(GITHUB / "workflows" / "release.yml")["jobs"]
    uploads = [step["with"] for step in jobs["build"]["steps"] if "upload" in step.get("uses", "")]
    files = {each["name"]: {*each["path"].split()} for each in uploads}
    assert files == {
        "packages": {"dist/*.whl", "dist/*.tar.gz"},
        "papers": {f"dist/{distributions.SUMS}", f"dist/*{distributions.BILL}"},
    }
    download, _, attach = jobs["release"]["steps"]
    assert "name" not in download["with"]
    assert " dist/* " in attach["run"]
    assert jobs["publish"]["steps"][-1]["with"]["packages-dir"] == "packages"


def test_updates_wait_a_week() -> None:
    """New versions of actions are proposed a week after they came out."""
    (updates,) = _read(GITHUB / "dependabot.yml")["updates"]
    assert updates["package-ecosystem"] == "github-actions"
    assert updates["cooldown"] == {"default-days": "7"}


@pytest.mark.skipif(ZIZMOR is None, reason="zizmor is not installed beside this Python")
def test_zizmor_finds_nothing() -> None:
    """The auditor of workflows, at its strictest for people, without network."""
    done = subprocess.run(  # noqa: S603 - the auditor that is installed here
        [str(ZIZMOR), "--offline", "--persona", "pedantic", "--no-progress", str(GITHUB)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""The pages together: links lead somewhere, what is derived is fresh, the site has them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import pages
from support.pages import DOCS, ROOT

import derive
import stage
import terraform_pages
from callerid.config import SETTINGS
from callerid.frontends.terraform.names import DATA_SOURCES, FUNCTIONS
from callerid.functions import load

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`|<!--.*?-->", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")
_CONFIG = (ROOT / "zensical.toml").read_text(encoding="utf-8")
SITE = {file.relative_to(ROOT).as_posix(): file for file in stage.files()}


def _links(page: Path) -> list[str]:
    return _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))


def _anchors(page: Path) -> set[str]:
    """Give a page's own anchors, and those of headings that GitHub and the builder agree on."""
    written = re.findall(r'^<a id="(.+?)"></a>$', page.read_text("utf-8"), re.MULTILINE)
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", each).strip().lower() for each in headings]
    return {
        *written,
        *(each.replace(" ", "-") for each in plain if "  " not in each and "--" not in each),
    }


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file of the repository, and a heading of it."""
    wrong = []
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            wrong.append(link)
    assert wrong == []


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_links_work_on_the_site(page: Path) -> None:
    """Every file that a page of the site links to is on the site."""
    if pages.name(page) in SITE:
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in _links(page)]
        assert {each for each in targets if each.is_file()} <= {*SITE.values()}


def test_the_site_lists_every_page() -> None:
    """The builder's navigation has each page once, but for those of the examples."""
    listed = re.findall(r'"([\w./-]+\.md)"', _CONFIG)
    wanted = [name for name in SITE if re.match(r"(?!examples/).*\.md$", name)]
    assert sorted(listed) == sorted(wanted)


def test_the_readme_leads_to_every_page() -> None:
    """Who reads the repository finds each page of docs/, but the registry's own."""
    links = {link.partition("#")[0] for link in _links(ROOT / "README.md")}
    linked = {link for link in links if link.startswith("docs/")}
    assert linked == {pages.name(each) for each in DOCS.rglob("*.md") if each.stem != "_index"}


def test_the_page_of_functions_is_fresh() -> None:
    """It is what `make docs` would write."""
    assert derive.FUNCTIONS_PAGE.read_text(encoding="utf-8") == derive.functions()


def test_the_page_of_dependencies_is_fresh() -> None:
    """Its table is what `make docs` would write."""
    assert derive.DEPENDENCIES_PAGE.read_text(encoding="utf-8") == derive.licences()


@pytest.mark.parametrize("file", terraform_pages.pages(), ids=pages.name)
def test_the_pages_of_terraform_are_fresh(file: Path) -> None:
    """Each is what `make docs` would write."""
    assert file.read_text(encoding="utf-8") == terraform_pages.pages()[file]


def test_there_is_a_page_for_all_of_terraforms_schema_and_no_other() -> None:
    """Provider, data sources and function each have one, with every attribute down to the last."""
    files = terraform_pages.pages()
    assert {*files} == {*terraform_pages.FOLDER.rglob("*.md")}
    assert [file.stem for file in files] == ["index", *_stems(DATA_SOURCES.values()), "has_role"]
    for name, function in FUNCTIONS.items():
        text = files[terraform_pages.FOLDER / "data-sources" / f"{_stems([name])[0]}.md"]
        for each in (load(function).args, load(function).result):
            assert [name for name in each.model_fields if f"- `{name}` (" not in text] == []


def _stems(data_sources: Iterable[str]) -> list[str]:
    return [name.removeprefix("callerid_") for name in data_sources]


def test_pages_of_terraform_have_the_registrys_parts() -> None:
    """Front matter, an example and the schema, with kinds, marks and links to what is nested."""
    texts = {pages.name(file): text for file, text in terraform_pages.pages().items()}
    for text in texts.values():
        matter = re.match(
            r'---\npage_title: ".+"\nsubcategory: ""\ndescription: \|-\n  .{20,160}\n---\n\n# ',
            text,
        )
        assert matter
        assert text.count("\n## Example Usage\n\n```terraform\n") == 1
    me = texts["docs/terraform/data-sources/current_user.md"]
    assert "\n### Read-Only\n\n- `credential_source` (String) " in me
    assert "\n### Optional\n\n- `org_id` (String) " in me
    assert "(see [below for nested schema](#nestedatt--csp--user_profile))" in me
    assert (
        '\n<a id="nestedatt--csp--user_profile"></a>\n### Nested Schema for `csp.user_profile`\n'
        in me
    )
    roles = texts["docs/terraform/data-sources/user_org_roles.md"]
    assert "- `role_names` (List of String) " in roles
    assert "- `roles` (Attributes List) " in roles
    settings = texts["docs/terraform/index.md"]
    secret = re.findall(r"^- `(\w+)` \(String, Sensitive\) ", settings, re.MULTILINE)
    assert secret == sorted(each.python_name for each in SETTINGS if each.secret)
    assert (
        "\n```text\nhas_role(roles list of object, name string) bool\n```\n"
        in (texts["docs/terraform/functions/has_role.md"])
    )


def test_the_table_of_settings_is_fresh() -> None:
    """It is what `make docs` would write, and is there."""
    page = derive.settings()
    assert derive.SETTINGS_PAGE.read_text(encoding="utf-8") == page
    assert "`m3terApiKey`" in page


def test_the_style_keeps_names_whole() -> None:
    """The style that the builder is told of is on the site, and lets no table cut code in two."""
    (name,) = re.findall(r'^extra_css = \["(.+?)"\]$', _CONFIG, re.MULTILINE)
    style = SITE[name].read_text(encoding="utf-8")
    (rule,) = re.findall(r"table\S* code \{(.*?)\}", style, re.DOTALL)
    assert rule.split() == ["word-break:", "normal;"]


@pytest.mark.parametrize("page", [derive.FUNCTIONS_PAGE, derive.SETTINGS_PAGE, ROOT / "README.md"])
def test_the_names_in_tables_are_code(page: Path) -> None:
    """So the rule holds for every field, input and setting: they stand in the first column."""
    text = page.read_text(encoding="utf-8")
    tables = re.findall(
        r"^\| (?:field|input|[\w ]*setting[\w, ]*) \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE
    )
    cells = [row.split("|")[1].strip() for table in tables for row in table.splitlines()]
    assert len(cells) >= len(SETTINGS)
    assert [each for each in cells if not re.fullmatch(r"`\w+`(, `\w+`)?", each)] == []


@pytest.mark.parametrize("stem", ["_index", "installation-configuration"])
def test_the_registry_finds_its_front_matter(stem: str) -> None:
    """The Pulumi Registry reads a title, a description and the layout, and both pages differ."""
    page = (DOCS / f"{stem}.md").read_text(encoding="utf-8")
    matter = dict(re.findall(r"^(\w+): (.+)$", page.split("---")[1], re.MULTILINE))
    assert matter["layout"] == "package"
    assert matter["title"].startswith("callerid")
    assert 50 <= len(matter["meta_desc"]) <= 160


def test_the_stage_has_no_front_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's files are laid out in the repository's shape, without the registry's lines."""
    monkeypatch.setattr("sys.argv", ["stage.py", str(tmp_path / "pages")])
    stage.main()
    page = tmp_path / "pages" / "docs" / "installation-configuration.md"
    assert page.read_text(encoding="utf-8").lstrip().startswith("# Installation")
    assert {
        file.relative_to(tmp_path / "pages").as_posix()
        for file in (tmp_path / "pages").rglob("*")
        if file.is_file()
    } == {*SITE}

"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

TEMPLATES = ROOT / "templates"
PACKAGE = ROOT / "tracker"
PAGES = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if not {"email", "emails"} & set(path.relative_to(TEMPLATES).parts)
)

# Words the product doesn't use on screen (domain.md §1, pages.md "Words").
BANNED = ("user", "users", "stakeholder", "stakeholders", "leverage", "submission", "submissions")
# Made of parts, so that this file may be checked like any other.
MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_imports_keep_the_order_of_the_house() -> None:
    # In a process of its own: it silences every logger there is.
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_page_has_no_inline_script_or_style(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style\b|\sstyle=", text)
    assert not re.search(r"<[^>]+\son[a-z]+=", text)


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_page_asks_nothing_of_a_third_party(page: Path) -> None:
    loads = re.findall(r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*>", page.read_text())
    assert not [tag for tag in loads if re.search(r"""(src|href)=["'](https?:)?//""", tag)]


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_form_of_staff_carries_its_token(page: Path) -> None:
    text = page.read_text()
    if '{% extends "staff.html" %}' not in text:
        return
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
        if re.search(r"""method=["']post["']""", form):
            assert "csrf_token" in form or "hidden_tag()" in form, form[:200]


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_page_uses_the_words_of_the_product(page: Path) -> None:
    text = page.read_text()
    for markup in (r"{#.*?#}", r"{%.*?%}", r"{{.*?}}", r"<[^>]+>"):
        text = re.sub(markup, " ", text, flags=re.DOTALL)
    words = set(re.findall(r"[a-z]+", text.lower()))
    assert not words & set(BANNED)


def test_template_is_named_after_its_view() -> None:
    """A view that shows one page shows `feature/function.html`; all others are of its feature."""
    wrong = []
    for module, function, shown in _views():
        feature = module.relative_to(PACKAGE).parts[0]
        if any(not name.startswith((f"{feature}/", "web/")) for name in shown):
            wrong.append(f"{_named(module)}: {function} shows {shown}")
        own = f"{feature}/{function}.html"
        if own not in shown and (TEMPLATES / own).exists():
            wrong.append(f"{_named(module)}: {function} doesn't show its own page but {shown}")
    assert not wrong, "\n".join(wrong)


def test_template_is_shown_by_somebody() -> None:
    said = "\n".join(
        path.read_text()
        for path in [*_modules(), *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    )
    orphans = [
        page.relative_to(TEMPLATES)
        for page in PAGES
        if page.relative_to(TEMPLATES).parts[0] != "security"  # shown by the library
        and page.relative_to(TEMPLATES).parts[:2] != ("surveys", "questions")  # shown by kind
        and not _is_shown(page.relative_to(TEMPLATES), said)
    ]
    assert not orphans


def _is_shown(page: Path, said: str) -> bool:
    """By its whole name, or by its own beside a name that is put together (`f"feature/{…}"`)."""
    if page.as_posix() in said:
        return True
    return f'"{page.parts[0]}/{{' in said and f'"{page.stem}"' in said


def test_module_says_what_lives_in_it() -> None:
    silent = [
        _named(module)
        for module in _modules()
        if module.read_text().strip() and not ast.get_docstring(ast.parse(module.read_text()))
    ]
    assert not silent


def test_module_has_a_name_that_says_something() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "managers", "handlers"}
    assert not [_named(path) for path in _tracked() if set(path.with_suffix("").parts) & empty]


def test_nothing_tracked_names_a_place_on_one_machine() -> None:
    found = [
        f"{_named(path)}: {place}"
        for path in _tracked()
        for place in MACHINE_PATHS
        if place.encode() in path.read_bytes()
    ]
    assert not found


def test_function_lengths_stay_short() -> None:
    lengths = sorted(_function_lengths())
    assert lengths[int(len(lengths) * 0.95)] <= 25


def test_files_stay_short() -> None:
    lengths = sorted(len(module.read_text().splitlines()) for module in _modules())
    assert lengths[int(len(lengths) * 0.95)] <= 250


def _function_lengths() -> Iterator[int]:
    for module in _modules():
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def _views() -> Iterator[tuple[Path, str, set[str]]]:
    """Each function of a views module that renders templates by name, with those names."""
    for module in [*PACKAGE.glob("*/views.py"), *PACKAGE.glob("*/views/*.py")]:
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (shown := set(_shown_by(node))):
                yield module, node.name, shown


def _shown_by(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "render_template":
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)

"""The same ten questions as a bare Bootstrap page, to be weighed beside ours.

Bootstrap itself is taken from npm into a temporary folder; where npm can't be asked, the weight that
was measured of the version named here stands in for it.
"""

import gzip
import subprocess
import tarfile
from html import escape
from pathlib import Path
from typing import Any

from bench.ten_questions import QUESTIONS

VERSION = "5.3.8"
_SHEET, _SCRIPT = "css/bootstrap.min.css", "js/bootstrap.bundle.min.js"
# Compressed at level 9, measured from the package `bootstrap` of that version at npm.
MEASURED = {_SHEET: 30_869, _SCRIPT: 23_743}


def weights(folder: Path) -> dict[str, int]:
    """File → bytes as they would go over the wire compressed, without headers."""
    found = _from_npm(folder) or MEASURED
    return {"the page": len(gzip.compress(page().encode(), 9)), **found}


def _from_npm(folder: Path) -> dict[str, int] | None:
    command = ["npm", "pack", "--silent", f"bootstrap@{VERSION}"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        return None
    with tarfile.open(folder / f"bootstrap-{VERSION}.tgz") as package:
        files = {name: package.extractfile(f"package/dist/{name}") for name in MEASURED}
        return {name: len(gzip.compress(file.read(), 9)) for name, file in files.items() if file}


def page() -> str:
    """The page as Bootstrap's own examples write a form."""
    questions = "\n".join(_question(f"q{n}", each) for n, each in enumerate(QUESTIONS, 1))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What should the club be like?</title>
<link href="{_SHEET}" rel="stylesheet">
</head>
<body>
<main class="container py-4">
<h1>What should the club be like?</h1>
<p class="lead">We want to know what would make you come, and what keeps you away.</p>
<form method="post">
{questions}
<button type="submit" class="btn btn-primary">Send</button>
</form>
</main>
<script src="{_SCRIPT}"></script>
</body>
</html>
"""


def _question(key: str, question: dict[str, Any]) -> str:
    text, kind = escape(question["text"]), question["kind"]
    choices = question.get("settings", {}).get("choices", [])
    if kind == "yes_no":
        choices = [{"key": "yes", "text": "Yes"}, {"key": "no", "text": "No"}]
    if not choices:
        area = kind == "long_text"
        box = (
            f'<textarea class="form-control" id="{key}" name="{key}" rows="3"></textarea>'
            if area
            else f'<input class="form-control" id="{key}" name="{key}">'
        )
        return f'<div class="mb-3"><label class="form-label" for="{key}">{text}</label>{box}</div>'
    type_ = "checkbox" if kind == "several_choices" else "radio"
    ticks = "".join(
        f'<div class="form-check"><input class="form-check-input" type="{type_}" name="{key}"'
        f' id="{key}-{each["key"]}" value="{each["key"]}"><label class="form-check-label"'
        f' for="{key}-{each["key"]}">{escape(each["text"])}</label></div>'
        for each in choices
    )
    return f'<fieldset class="mb-3"><legend class="fs-6">{text}</legend>{ticks}</fieldset>'

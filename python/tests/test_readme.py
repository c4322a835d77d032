"""The README's examples, run as they stand."""

import re

import pytest
from conftest import ROOT

TEXT = (ROOT / "python" / "README.md").read_text()
EXAMPLES = re.findall(r"^## ([^\n]+)\n|```python\n(.*?)```", TEXT, re.S | re.M)


def examples():
    title = ""
    for heading, code in EXAMPLES:
        title = heading or title
        if code:
            yield pytest.param(code, id=title)


@pytest.mark.parametrize("code", list(examples()))
def test_example(code, url, capsys):
    exec(compile(code, "README.md", "exec"), {"MASTER": url, "__name__": "example"})
    printed = capsys.readouterr().out
    for comment in re.findall(r"^ *print\(.*\n *# (.*)$", code, re.M):
        assert comment in printed, printed


def test_there_are_examples():
    assert sum(bool(code) for _, code in EXAMPLES) >= 5

from collections.abc import Sequence
from typing import Any

_Column = tuple[int, Any, Any, Any]

def columns(records: list[dict[str, Any]], start: int, stop: int, names: list[str], /) -> list[_Column]: ...
def records(
    columns: Sequence[_Column | list[Any]], names: list[str], start: int, stop: int, /
) -> list[dict[str, Any]]: ...

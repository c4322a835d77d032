"""The compiled part with random records and damaged columns: the same values, or an exception."""

import random
import resource

import pytest

speed = pytest.importorskip("quern._speed")
ROUNDS = 500
VALUES = (
    lambda rng: None, lambda rng: True, lambda rng: False, lambda rng: rng.randint(-(2**63), 2**63 - 1),
    lambda rng: 2**70, lambda rng: rng.random(), lambda rng: float("nan"), lambda rng: "",
    lambda rng: "ü" * rng.randint(0, 9), lambda rng: "x" * rng.randint(0, 40), lambda rng: "\ud800",
    lambda rng: b"z", lambda rng: [1], lambda rng: object(), lambda rng: "A",
)  # fmt: skip


def random_records(rng, keys):
    kinds = {k: rng.sample(VALUES, rng.choice([1, 1, 2, 3])) for k in keys}
    return [
        {k: rng.choice(kinds[k])(rng) for k in rng.sample(keys, rng.randint(0, len(keys)))}
        for _ in range(rng.randint(0, 50))
    ]


def same(went, came):
    if went != went:
        return came != came
    if isinstance(went, str):
        return came == went.encode("utf-8", "replace").decode()
    if went is None:
        return came is None
    return came == went or came == float(went)  # an integer among floats


@pytest.mark.parametrize("seed", range(4))
def test_random_records(seed):
    rng = random.Random(seed)
    for _ in range(ROUNDS):
        keys = [f"k{i}" for i in range(rng.randint(0, 6))]
        records = random_records(rng, keys)
        begin = rng.randint(0, len(records))
        end = rng.randint(begin, len(records))
        names = keys[: rng.randint(0, 2)]
        columns = speed.columns(records, begin, end, names)
        known = [(n, c) for n, c in zip(names, columns) if c[0] >= 0]
        start = rng.randint(0, end - begin)
        stop = rng.randint(start, end - begin)
        rows = speed.records([c for _, c in known], [n for n, _ in known], start, stop)
        assert len(rows) == stop - start
        for record, row in zip(records[begin + start :], rows):
            assert list(row) == [n for n, _ in known]
            assert all(same(record.get(n), row[n]) for n in row), (record, row)
        for name, column in known:
            damaged(rng, name, list(column), end - begin)


def damaged(rng, name, column, rows):
    part = rng.randint(1, 3)
    if isinstance(column[part], bytes):
        column[part] = column[part][: rng.randint(0, len(column[part]))]
    if isinstance(column[3], bytes) and rng.random() < 0.5:
        column[3] = rng.randbytes(len(column[3]))
    try:
        speed.records([tuple(column)], [name], 0, rows)
    except ValueError:
        pass


@pytest.mark.parametrize(
    "arguments",
    [(), (1, 2, 3, 4), ([], 0, 1, []), ([1], 0, 1, []), ([{1: 2}], 0, 1, []), ([{}], -1, 1, []), ([{}], 0, 1, ())],
)  # fmt: skip
def test_no_records(arguments):
    with pytest.raises((TypeError, IndexError)):
        speed.columns(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [(), ([(5, None, None, None)], ["a"], 0, 1), ([(99, None, b"", None)], ["a"], 0, 1), ([[1]], ["a"], 0, 2),
     ([(9, None, b"abc", None)], ["a"], 0, 1), ([], [], 5, 1), ([(5, None, bytes(8), None)], [[]], 0, 1)],
)  # fmt: skip
def test_no_columns(arguments):
    with pytest.raises((TypeError, ValueError, IndexError)):
        speed.records(*arguments)


def test_nothing_is_kept():
    records = [{"a": i, "b": str(i), "c": i / 3, "d": "x", "e": None} for i in range(2000)]
    peaks = []
    for _ in range(150):
        names: list[str] = []
        columns = speed.columns(records, 0, 2000, names)
        assert speed.records(columns, names, 0, 2000) == records
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert peaks[-1] - peaks[50] < 2000  # KiB; a leak of one object a record would be ten times that

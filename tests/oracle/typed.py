"""Values as `--result typed` prints them: text of floats, and comparable forms by type."""
import math
import re
import struct


def format_double(x):
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return repr(x)


def to_float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def format_float(x):
    """The shortest text that a float32 is read back from."""
    if math.isnan(x) or math.isinf(x):
        return format_double(x)
    texts = (f"{x:.{digits}g}" for digits in range(1, 18))
    return repr(float(next(t for t in texts if float32_of(t) == x)))


def float32_of(text):
    try:
        return to_float32(float(text))
    except OverflowError:
        return math.inf


class Floating:
    """A floating point value; equal by bits, except that every NaN is the same."""

    def __init__(self, text, single):
        if not isinstance(text, str) or not re.fullmatch(r"NaN|-?Infinity|-?\d[\d.]*([eE][-+]?\d+)?", text):
            raise ValueError(f"{text!r} is not the text of a float or double")
        self.value = float32_of(text) if single else float(text)
        self.single = single
        code = "<f" if single else "<d"
        self.bits = "nan" if math.isnan(self.value) else struct.pack(code, self.value)

    def without_sign_of_zero(self):
        return self if self.value != 0 else Floating("0.0", self.single)

    def ordinal(self):
        """Neighbouring values have neighbouring ordinals."""
        size = 32 if self.single else 64
        n = int.from_bytes(self.bits, "little")
        return n if n < 2 ** (size - 1) else 2 ** (size - 1) - n

    def near(self, other, tolerance):
        if self.bits == other.bits:
            return True
        kind, amount = tolerance
        if "nan" in (self.bits, other.bits) or math.isinf(self.value) or math.isinf(other.value):
            return False
        if kind == "ulp":
            return abs(self.ordinal() - other.ordinal()) <= amount
        return abs(self.value - other.value) <= amount * max(abs(self.value), abs(other.value))


def split_type_list(text):
    """The parts of `a,b<c,d>,e` at commas outside brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += c in "<("
        depth -= c in ">)"
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


INTEGERS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}


def reader(kind):
    """A function from a JSON value of this Spark type to its comparable form; ValueError if malformed."""
    if kind in ("float", "double"):
        return lambda v: Floating(v, kind == "float")
    if kind in INTEGERS:
        return lambda v: integer(v, INTEGERS[kind])
    if kind.startswith("array<"):
        element = nullable(reader(kind[6:-1]))
        return lambda v: tuple(element(x) for x in of_type(v, list))
    if kind.startswith("struct<"):
        fields = [nullable(reader(f.split(":", 1)[1])) for f in split_type_list(kind[7:-1])]
        return lambda v: tuple(f(x) for f, x in zip(fields, of_type(v, list)))
    if kind.startswith("map<"):
        key, value = (nullable(reader(t)) for t in split_type_list(kind[4:-1]))
        return lambda v: tuple((key(k), value(x)) for k, x in of_type(v, list))
    return lambda v: of_type(v, bool if kind == "boolean" else str)


def nullable(read):
    return lambda v: None if v is None else read(v)


def of_type(value, wanted):
    if not isinstance(value, wanted):
        raise ValueError(f"{value!r} is not a {wanted.__name__}")
    return value


def integer(value, bits):
    if isinstance(value, bool) or not isinstance(value, int) or not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise ValueError(f"{value!r} is not an integer of {bits} bits")
    return value


def equal(a, b, tolerance=("ulp", 0)):
    if isinstance(a, Floating) and isinstance(b, Floating):
        return a.near(b, tolerance)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(equal(x, y, tolerance) for x, y in zip(a, b))
    return type(a) is type(b) and a == b


def sort_key(value, coarse):
    """A total order over values of one type; `coarse` blurs floats, so that near ones sort alike."""
    if value is None:
        return (0,)
    if isinstance(value, Floating):
        if value.bits == "nan":
            return (2,)
        return (1, float(f"{value.value:.6g}") if coarse else value.value, 0 if coarse else math.copysign(1, value.value))
    if isinstance(value, tuple):
        return (1, tuple(sort_key(v, coarse) for v in value))
    return (1, value)

"""Microseconds since the epoch to text and datetime's objects, in a session's time zone."""

from __future__ import annotations

import datetime as dt
import re

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$")
_DAY_US = 86_400_000_000


class Zone:
    """A time zone by Spark's name for it: UTC, Europe/Berlin, +02:00."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tz: dt.tzinfo = _zone(name)

    @staticmethod
    def utc() -> Zone:
        return _UTC

    def datetime(self, us: int) -> dt.datetime:
        """Aware, in this zone. OverflowError outside the years 1 to 9999."""
        return (_EPOCH + dt.timedelta(microseconds=us)).astimezone(self.tz)

    def to_us(self, value: dt.datetime) -> int:
        """A naive value is taken to be in this zone."""
        aware = value if value.tzinfo is not None else value.replace(tzinfo=self.tz)
        return (aware - _EPOCH) // dt.timedelta(microseconds=1)


def _zone(name: str) -> dt.tzinfo:
    if name.upper() in ("UTC", "Z", "GMT", "UT", "ETC/UTC"):
        return dt.timezone.utc
    m = _OFFSET.match(name)
    if m:
        hours, minutes, seconds = int(m[2]), int(m[3] or 0), int(m[4] or 0)
        delta = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return dt.timezone(delta if m[1] == "+" else -delta)
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.timezone.utc  # no zone data here: the moment is right, its clock is UTC's


_UTC = Zone("UTC")


def date_text(days: int) -> str:
    """ISO 8601; five digits of year and a sign where they are needed."""
    try:
        return dt.date.fromordinal(days + 719163).isoformat()
    except (ValueError, OverflowError):
        year, month, day = _civil(days)
        sign = "-" if year < 0 else "+"
        return f"{sign}{abs(year):04d}-{month:02d}-{day:02d}"


def timestamp_text(us: int, zone: Zone | None) -> str:
    """ISO 8601, milliseconds or, if there is more, microseconds; with the offset (Z for none) if there
    is a zone."""
    try:
        local = (zone or _UTC).datetime(us)
    except (OverflowError, ValueError):
        days, rest = divmod(us, _DAY_US)
        seconds, micro = divmod(rest, 1_000_000)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        return f"{date_text(days)}T{clock}.{_fraction(micro)}{'Z' if zone else ''}"
    text = local.isoformat(timespec="milliseconds" if local.microsecond % 1000 == 0 else "microseconds")
    if zone is None:
        return text[:-6]
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _fraction(micro: int) -> str:
    return f"{micro // 1000:03d}" if micro % 1000 == 0 else f"{micro:06d}"


def _civil(days: int) -> tuple[int, int, int]:
    """Days since the epoch to year, month, day. (Howard Hinnant, chrono-compatible date algorithms.)"""
    z = days + 719468
    era, doe = divmod(z, 146097)
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    return yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) // 5 + 1

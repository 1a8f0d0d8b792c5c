"""A package that is not installed is said at start and in words; what needs none works without."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date

import pytest

from flowrt.answers import DateAnswer, DatetimeAnswer, EmailAnswer, MissingExtra, PhoneAnswer
from flowrt.errors import FlowrtError
from tests.runtime.test_import import loaded_after
from tests.values.reading import read


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a package one that is not installed."""

    def block(package: str) -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, package, None)

    return block


def test_phone(without: Callable[[str], None]) -> None:
    without("phonenumbers")
    with pytest.raises(MissingExtra) as caught:
        PhoneAnswer("NL")
    assert isinstance(caught.value, FlowrtError)
    assert caught.value.extra == "phone"
    assert str(caught.value) == (
        "this flow asks for phone numbers, which needs the package phonenumbers: install flowc[phone]"
    )


def test_email(without: Callable[[str], None]) -> None:
    without("email_validator")
    with pytest.raises(MissingExtra, match=r"needs the package email-validator: install flowc\[email\]"):
        EmailAnswer()


@pytest.mark.parametrize("make", [DateAnswer, DatetimeAnswer])
def test_a_language_of_dates(
    without: Callable[[str], None], make: type[DateAnswer] | type[DatetimeAnswer]
) -> None:
    without("dateparser")
    with pytest.raises(MissingExtra, match=r"dates in words \(de\).*install flowc\[dates\]"):
        make(language="de")


def test_figures_need_no_package(without: Callable[[str], None]) -> None:
    without("dateparser")
    assert read(DateAnswer(), "2026-01-31") == date(2026, 1, 31)
    assert read(DateAnswer(), "tomorrow") is None
    assert read(DatetimeAnswer(), "2026-01-31 14:30") is not None


HEAVY = {"decimal", "phonenumbers", "email_validator", "dateparser", "re2", "zoneinfo", "urllib.parse"}


@pytest.mark.parametrize(
    ("statement", "loads"),
    [
        ("import flowrt.generated", set[str]()),
        ("import flowrt.functions, flowrt.lists, flowrt.captures, flowrt.patterns", set[str]()),
        ("from flowrt.answers import TimeAnswer, MediaAnswer, EmailAnswer, PhoneAnswer", set[str]()),
        ("from flowrt.answers import DateAnswer; DateAnswer", set[str]()),
        ("from flowrt.answers import DecimalAnswer", {"decimal"}),
        ("from flowrt.patterns import compile_pattern; compile_pattern('a')", {"re2"}),
    ],
)
def test_only_what_is_used_is_loaded(statement: str, loads: set[str]) -> None:
    assert loaded_after(statement) & HEAVY == loads

"""Money: the exact grid, and amounts, rates and counts as each language writes them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab import money
from ltvlab.errors import UsageError


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("USD", 2), ("EUR", 2), ("KWD", 3)])
def test_a_currency_has_the_decimals_of_iso_4217(currency, decimals):
    assert money.digits(currency) == decimals


def test_an_unknown_currency_is_refused_with_its_code():
    with pytest.raises(UsageError, match=r"E107 no such currency\n     value 'XQZ'"):
        money.digits("XQZ")


@pytest.mark.parametrize(
    ("amount", "months"), [(1_200_000, 12), (300_000, 3), (1_200_000, 13), (52_000, 12), (100, 3)]
)
def test_a_monthly_amount_lies_within_half_a_grid_step_of_the_exact_one(amount, months):
    """V02: twelve months give 100,000, thirteen 92,307.69."""
    exact = Fraction(amount, months)

    rounded = money.to_minor(np.array([amount / months]), "JPY")[0]

    assert abs(Fraction(rounded) - exact) <= Fraction(1, 2 * money.GRID)
    assert Fraction(rounded) * money.GRID == round(Fraction(rounded) * money.GRID)


def test_dollars_become_cents():
    assert money.to_minor(np.array([0.1, 12.34, -5.0]), "USD").tolist() == [10.0, 1234.0, -500.0]


def test_a_tie_on_the_grid_goes_to_the_even_step():
    assert money.on_grid(np.array([0.5, 1.5, -0.5]) / money.GRID).tolist() == [
        0.0,
        2 / money.GRID,
        0.0,
    ]


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=30), st.randoms())
def test_sums_on_the_grid_do_not_depend_on_their_order(amounts, random):
    minor = money.on_grid(np.array(amounts)).tolist()
    shuffled = list(minor)
    random.shuffle(shuffled)

    assert sum(shuffled) == sum(minor) == float(sum(Fraction(value) for value in minor))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1234.0, "JPY", "1234"),
        (1000.0, "JPY", "1000"),
        (123456.0, "USD", "1234.56"),
        (1 / 1024, "JPY", "0.0009765625"),
        (1 / 1024, "USD", "0.000009765625"),
        (-2.5, "KWD", "-0.0025"),
        (0.0, "JPY", "0"),
        (-0.0, "USD", "0"),
        (8e12, "JPY", "8000000000000"),
    ],
)
def test_a_file_holds_the_exact_amount_in_major_units(minor, currency, text):
    assert money.major_text(minor, currency) == text


@given(st.integers(-(2**52), 2**52), st.sampled_from(["JPY", "USD", "KWD"]))
def test_an_amount_read_back_from_a_file_is_the_amount(steps, currency):
    minor = steps / money.GRID

    written = money.major_text(minor, currency)

    assert "E" not in written
    assert float(Decimal(written).scaleb(money.digits(currency))) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "en", "ja"),
    [
        (1_234_567, "JPY", "¥1,234,567", "¥1,234,567"),
        (-1_234_567, "JPY", "-¥1,234,567", "-¥1,234,567"),
        (123_456, "USD", "$1,234.56", "$1,234.56"),
        (-5, "USD", "-$0.05", "-$0.05"),
        (-0.4, "JPY", "¥0", "¥0"),
    ],
)
def test_an_amount_is_written_in_full_with_its_currency(minor, currency, en, ja):
    """-0.4 yen rounds to nothing, and nothing has no sign."""
    assert money.money(minor, currency, "en") == en
    assert money.money(minor, currency, "ja") == ja


@pytest.mark.parametrize(
    ("minor", "en", "ja"),
    [
        (0, "¥0", "0円"),
        (-0.4, "¥0", "0円"),
        (999, "¥999", "999円"),
        (1_234, "¥1.23k", "1,234円"),
        (9_994, "¥9.99k", "9,994円"),
        (9_995, "¥10k", "1万円"),
        (99_994, "¥100k", "10万円"),
        (99_995, "¥100k", "10万円"),
        (123_456, "¥123k", "12.3万円"),
        (999_499, "¥999k", "99.9万円"),
        (999_500, "¥1M", "100万円"),
        (1_230_000, "¥1.23M", "123万円"),
        (99_949_999, "¥99.9M", "9,995万円"),
        (99_950_000, "¥100M", "1億円"),
        (123_456_789, "¥123M", "1.23億円"),
        (-12_345_678, "-¥12.3M", "-1,235万円"),
        (999_500_000_000, "¥1,000B", "1兆円"),
    ],
)
def test_a_compact_amount_moves_to_the_next_unit_where_rounding_carries_it_there(minor, en, ja):
    """99,995 yen are 10万円, never 100.0 of the unit below or 10.00万円."""
    assert money.money(minor, "JPY", "en", compact=True) == en
    assert money.money(minor, "JPY", "ja", compact=True) == ja


@pytest.mark.parametrize(
    ("cents", "en", "ja"),
    [
        (5, "$0.05", "$0.05"),
        (123_456, "$1.23k", "$1,235"),
        (99_949, "$999", "$999"),
        (99_950, "$1k", "$1,000"),
        (-1_234_567_89, "-$1.23M", "-$123万"),
    ],
)
def test_compact_dollars_keep_their_sign_and_unit(cents, en, ja):
    assert money.money(cents, "USD", "en", compact=True) == en
    assert money.money(cents, "USD", "ja", compact=True) == ja


@given(st.floats(1, 1e12), st.sampled_from(["en", "ja"]))
def test_a_compact_amount_is_within_half_a_percent_of_the_amount(minor, language):
    """Three digits: the reader never sees an amount that is more than 0.5 % off."""
    units = {"k": 1e3, "M": 1e6, "B": 1e9, "万": 1e4, "億": 1e8, "兆": 1e12}
    text = money.money(minor, "JPY", language, compact=True).strip("¥円")

    figure, unit = (text[:-1], units[text[-1]]) if text[-1] in units else (text, 1.0)

    assert float(figure.replace(",", "")) * unit == pytest.approx(
        round(minor) if unit == 1 else minor, rel=0.0051
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.float64("nan")])
@pytest.mark.parametrize(
    "show",
    [
        lambda value: money.money(value, "JPY", "en"),
        lambda value: money.money(value, "JPY", "ja", compact=True),
        lambda value: money.rate(value, "en"),
        lambda value: money.number(value, "ja"),
    ],
)
def test_what_is_no_number_is_never_shown_as_one(show, value):
    with pytest.raises(ValueError, match="cannot be shown as a number; show an empty cell instead"):
        show(value)


def test_rates_and_counts_carry_the_decimals_asked_for():
    assert money.rate(0.953, "en") == money.rate(0.953, "ja") == "95.3%"
    assert money.rate(0.5, "en", decimals=0) == "50%"
    assert money.rate(-0.0004, "en") == "0.0%"
    assert money.number(1234.56, "en", decimals=1) == "1,234.6"
    assert money.number(1234567, "ja") == "1,234,567"
    assert money.number(-0.2, "en") == "0"


@pytest.mark.parametrize(
    ("probability", "english", "japanese"),
    [
        (1.0, "over 99%", "99%超"), (0.991, "over 99%", "99%超"), (0.99, "99%", "99%"),
        (0.97, "97%", "97%"), (0.57, "57%", "57%"), (0.5, "50%", "50%"), (0.01, "1%", "1%"),
        (0.009, "under 1%", "1%未満"), (0.0, "under 1%", "1%未満"),
    ],
)  # fmt: skip
def test_odds_never_read_as_certain(probability, english, japanese):
    """Every draw of a resampling may agree; the verdict is still not beyond doubt."""
    assert money.odds(probability, "en") == english
    assert money.odds(probability, "ja") == japanese


@pytest.mark.parametrize(("probability", "shown"), [(0.899, "89%"), (0.101, "11%")])
def test_odds_that_miss_a_line_do_not_read_as_on_it(probability, shown):
    assert money.odds(probability, "en") == shown

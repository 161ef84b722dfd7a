"""Which names are one name written twice, and which are two."""

import pandas as pd
import pytest

from ltvlab.spelling import merged


@pytest.mark.parametrize(
    ("often", "seldom"),
    [
        ("Warehouse", "Ware House"),
        ("GTX Pro", "GTXPro"),
        ("Value Added Reseller", "value-added reseller"),
        ("基本プラン", "基本プラン "),
        ("ＣＲＭ", "CRM"),
        ("technology", "technolgy"),
        ("technology", "technoolgy"),
    ],
)
def test_what_differs_in_its_spelling_alone_is_offered_for_merging(often, seldom):
    assert merged(pd.Series([often] * 10 + [seldom])) == {seldom: often}


@pytest.mark.parametrize(
    ("often", "seldom"),
    [
        ("Standard A", "Standard B"),
        ("Standard 1", "Standard 11"),
        ("enterprise", "enterprises"),
        ("Pro", "Por"),
        ("アップセル提案", "アップセル再提案"),
        ("-", "?"),
    ],
)
def test_what_may_be_another_thing_is_left_alone(often, seldom):
    assert merged(pd.Series([often] * 10 + [seldom])) == {}


def test_a_slip_is_seldom_beside_what_was_meant():
    assert merged(pd.Series(["formation"] * 10 + ["formtion"] * 9)) == {}


def test_an_equal_form_goes_to_the_more_frequent_spelling_however_near_the_counts():
    assert merged(pd.Series(["A B"] * 2 + ["AB"] * 3)) == {"A B": "AB"}

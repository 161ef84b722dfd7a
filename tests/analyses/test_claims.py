"""The chapter on the articles' claims: every sentence the register and the checks can lead to."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.claims import SLUG, claim_words, conclude, light_words
from ltvlab.metrics import failure_patterns, good_selling
from ltvlab.metrics.claims import CLAIMS, Measured, claims_table
from ltvlab.metrics.lights import lights_table
from ltvlab.tables import table, write_csv

LACKING = Measured(lacking="no_deals")
NAMES = {"LTV", "MRR"}


def _register(**own):
    return claims_table({name: own.get(name, LACKING) for name in CLAIMS})


def _lights(module, name, **own):
    lines = module.LINES
    return lights_table(name, lines, {each: own.get(each, LACKING) for each in lines})


def _patterns(**own):
    return _lights(failure_patterns, "pattern", **own)


def _views(**own):
    return _lights(good_selling, "view", **own)


def _finding(register=None, patterns=None, views=None, *, language="en"):
    tables = (
        given if given is not None else empty()
        for given, empty in ((register, _register), (patterns, _patterns), (views, _views))
    )
    return conclude(*tables, month="2026-09", language=language)


HOLDS = Measured(2.5, 2.1, 2.9, 300, 60)
CHEAPER = Measured(1.0, 0.8, 1.3, 90, 40)
PUSHED = Measured(0.4, 0.3, 0.5, 80, 80)
CALM = Measured(0.01, 0.0, 0.04, 80, 80)


def test_the_answer_counts_verdicts_and_names_what_does_not_hold_here():
    register = _register(expansion_wins=HOLDS, acquire_to_expand=CHEAPER)

    finding = _finding(register, _patterns(pushy=CALM))

    assert finding.slug == SLUG
    assert finding.answer == (
        "Figures of the articles that can be tested here: 2 (supported: 1, contradicted: 1, open: 0). "
        'Not so here: 1.0 for "Cost of a new customer ÷ cost of a sale to a customer" (articles: 5.0 – 7.0). '
        "No sign of failure among the 1 checks that could be made."
    )
    assert finding.status == "watch"
    assert finding.decision.startswith("Plan with the own figures")


def test_losses_with_nothing_new_are_counted_though_they_have_no_ratio():
    lost = Measured(n=40, events=30, verdict="contradicted")

    finding = _finding(_register(churned_to_new=lost))

    assert "contradicted: 1" in finding.answer and "Not so here" not in finding.answer
    assert finding.status == "watch"


def test_what_fails_comes_before_what_does_not_hold():
    finding = _finding(_register(acquire_to_expand=CHEAPER), _patterns(pushy=PUSHED))

    assert finding.status == "act"
    assert "40.0% of the year's offers went to unhappy customers" in finding.decision
    assert "ask for action: pushing: offers to unhappy customers." in finding.answer


def test_a_view_of_selling_can_be_what_to_act_on():
    finding = _finding(views=_views(contacts_before_lost=Measured(3.0, 2.0, 4.0, 50, 20)))

    assert finding.status == "act"
    assert "lost offers took 3.0 times as many contacts" in finding.decision


def test_where_nothing_can_be_tested_the_decision_says_what_to_bring():
    finding = _finding()

    assert finding.status == "insufficient"
    assert finding.answer.startswith("With the data this company brings no figure")
    assert finding.decision.startswith("Bring deals")


def test_a_claim_alone_says_nothing_good_of_selling():
    """One supported figure is no reason to call the way of selling good."""
    finding = _finding(_register(expansion_wins=HOLDS))

    assert finding.status == "insufficient"
    assert finding.decision.startswith("Bring deals")


def test_good_checks_and_supported_claims_are_good():
    finding = _finding(_register(expansion_wins=HOLDS), _patterns(pushy=CALM))

    assert finding.status == "good"


def test_every_figure_is_a_fact_with_its_range_and_cases():
    register = _register(five_points_for_life=Measured(0.6, 0.4, np.inf, 90, 30))
    facts = {fact.id: fact for fact in _finding(register, _patterns(pushy=PUSHED)).facts}

    life, pushed = facts["claims.five_points_for_life"], facts["patterns.pushy"]
    assert (life.value, life.low, life.high, life.n) == (0.6, 0.4, None, 90)
    assert (pushed.value, pushed.low, pushed.high, pushed.n) == (0.4, 0.3, 0.5, 80)
    assert facts["claims.alert_wins"].value is None
    assert facts["claims.count.supported"].value == 1.0
    assert len(facts) == len(CLAIMS) + 4 + 6 + 3
    assert {fact.definition for fact in facts.values()} == {"D44"}


def test_open_ends_are_said_and_no_infinity_is_shown(tmp_path):
    register = _register(five_points_for_life=Measured(0.6, 0.4, np.inf, 90, 30), ltv_cac=HOLDS)
    words = claim_words(register, language="en").set_index("claim")

    assert words.loc["five_points_for_life", ["claimed", "own", "range"]].tolist() == [
        "at least 25.0%", "60.0%", "at least 40.0%",
    ]  # fmt: skip
    assert words.loc["churned_to_new", "claimed"] == "at most 30.0%"
    assert words.loc["alert_wins", ["own", "range"]].tolist() == ["–", "–"]
    write_csv(register, "claims_register", tmp_path / "register.csv")
    assert "inf" not in (tmp_path / "register.csv").read_text()


def test_lights_show_their_lines_in_the_unit_of_the_figure():
    words = light_words(_patterns(pushy=PUSHED), language="en").set_index("pattern")

    assert words.loc["pushy", ["own", "good_line", "act_line"]].tolist() == [
        "40.0%",
        "5.0%",
        "15.0%",
    ]
    assert words.loc["one_approach", ["good_line", "act_line"]].tolist() == ["1.5", "1.1"]


@pytest.mark.parametrize("name", [*failure_patterns.LINES, *good_selling.LINES])
def test_every_check_has_a_remedy_in_both_languages(name, english_left):
    far = {"rate": Measured(0.99, 0.98, 1.0, 50, 50), "number": Measured(9.0, 8.0, 10.0, 50, 50)}
    low = {"rate": Measured(0.01, 0.0, 0.02, 50, 50), "number": Measured(0.2, 0.1, 0.3, 50, 50)}
    lines = failure_patterns.LINES | good_selling.LINES
    bad = (far if lines[name].act > lines[name].good else low)[lines[name].unit]
    found = {
        language: _finding(None, _patterns(**{name: bad}), _views(**{name: bad}), language=language)
        for language in ("en", "ja")
    }

    assert {finding.status for finding in found.values()} == {"act"}
    assert english_left(found["ja"], data=NAMES) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_reason_is_a_word_a_reader_knows(language):
    """What any measure may lack, read from the code that says so."""
    import re
    from pathlib import Path

    import ltvlab.metrics

    folder = Path(ltvlab.metrics.__file__).parent
    files = (
        "claims",
        "claim_costs",
        "claim_sales",
        "failure_patterns",
        "good_selling",
        "acquisition_cost",
    )
    texts = "".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in files)
    reasons = set(re.findall(r'"((?:no|too|few|low|not|nobody)_[a-z_]+)"', texts))
    rows = pd.DataFrame({"claim": "alert_wins", "lacking": sorted(reasons)})

    shown = table(rows, "claim_words", language=language)

    assert len(reasons) >= 20
    assert all(cell[1] for cell in shown.cells)

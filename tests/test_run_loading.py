"""What a run hands to its summary: tables it wrote, and the analyst's words of that month."""

import pytest

from ltvlab import load_note, load_reported

NOTE = {
    "en": "Two renewals slipped <b>.",
    "ja": "更新が2件遅れました。",
    "author": "Sato",
    "month": "2026-09",
}


@pytest.mark.parametrize(
    ("language", "signed", "said"),
    [
        ("en", "A note by Sato", "Two renewals slipped &lt;b&gt;."),
        ("ja", "Satoからのコメント", "更新が2件遅れました。"),
    ],
)
def test_the_analysts_note_of_the_month_is_a_signed_box(write_company, language, signed, said):
    params = write_company(note=NOTE)

    box = load_note(params, "2026-09", language=language)._repr_html_()

    assert signed in box
    assert said in box


def test_a_note_of_another_month_and_no_note_show_nothing(write_company):
    assert load_note(write_company(note=NOTE), "2026-08", language="en")._repr_html_() is None
    assert load_note(write_company(), "2026-09", language="en")._repr_html_() is None


def test_a_table_that_no_run_wrote_has_its_columns_and_no_rows(write_company):
    table = load_reported(write_company(), "2026-09", "coverage", language="en")

    assert list(table) == ["section", "state", "reason"]
    assert table.empty


def test_a_table_is_read_as_the_run_wrote_it(write_company, tmp_path, monkeypatch):
    folder = tmp_path / "run" / "internal" / "tables"
    folder.mkdir(parents=True)
    (folder / "coverage.csv").write_text(
        "section,state,reason\nretention,shown,\n", encoding="utf-8"
    )
    params = write_company()
    monkeypatch.setenv("LTVLAB_RUN_DIR", str(tmp_path / "run"))

    table = load_reported(params, "2026-09", "coverage", language="en")

    assert table["section"].tolist() == ["retention"]
    assert table["reason"].isna().all()

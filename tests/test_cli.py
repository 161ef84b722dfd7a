"""The command: what it prints, what it leaves on disk, and the exit code a script can rely on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ltvlab import cli
from ltvlab.demo import exports
from ltvlab.errors import KernelError, PublishError

HEADER = "contract_id,customer_id,product,start_date,end_date,amount,billing_period"
END_BEFORE_START = (
    f"{HEADER}\nK1,C1,P,2026-05-01,2026-04-01,100,month\nK2,C2,P,2026-05-01,,100,month\n"
)


@pytest.fixture
def ltvlab(monkeypatch, capsys):
    """Return the function that runs the command and hands back exit code, stdout and stderr."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["ltvlab", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def problems_file(tmp_path):
    """Return where `check` lists every problem."""
    return tmp_path / "data" / "small" / "problems.csv"


def test_check_accounts_for_every_row(ltvlab, write_company):
    """A contract dated after the month and a blank line are left out, and counted."""
    contracts = f"{HEADER}\nK1,C1,P,2026-01-01,,100,month\nK2,C2,P,2026-12-01,,100,month\n,,,,,,\n"

    code, out, err = ltvlab("check", write_company({"contracts": contracts}))

    assert (code, err) == (0, "")
    assert "Inputs as of 2026-09-30" in out
    assert "6 rows read = 4 used + 2 excluded + 0 quarantined" in out
    assert "dated after the report date" in out
    assert "blank row" in out


def test_check_takes_the_month_from_the_command_line(ltvlab, write_company):
    assert "Inputs as of 2026-04-30" in ltvlab("check", write_company(), "--month", "2026-04")[1]


def test_check_shows_what_is_worth_a_look(ltvlab, write_company):
    contracts = f"{HEADER}\nK1,C1,P,2026-01-01,9999-12-31,100,month\n"

    assert (
        "Far dates such as 9999-12-31 were read as an open end"
        in ltvlab("check", write_company({"contracts": contracts}))[1]
    )


def test_check_builds_nothing(ltvlab, write_company, tmp_path):
    ltvlab("check", write_company())

    assert sorted(folder.name for folder in (tmp_path / "data" / "small").iterdir()) == ["raw"]


@pytest.mark.parametrize(
    ("tables", "text"),
    [
        ({"contracts": END_BEFORE_START}, "E248 it ends before it starts"),
        (
            {"contracts": HEADER.replace("amount,", "") + "\nK1,C1,P,2026-05-01,,month\n"},
            "E216 a column is missing",
        ),
        ({"contracts": b"\x81\xff\xfe\x00\xd8"}, "E203 the bytes are in no encoding"),
        (
            {"contracts": f"{HEADER},currency\nK1,C1,P,2026-05-01,,100,month,XQZ\n"},
            "E249 the currency is unknown",
        ),
        (
            {"contracts": f"{HEADER},currency\nK1,C1,P,2026-05-01,,100,month,USD\n"},
            "E226 several currencies and no exchange rates",
        ),
        ({"contracts": ""}, "E205 the file is empty"),
        ({"contracts": HEADER + "\n"}, "E206 the file has a header and no rows"),
        ({"contracts": None}, "E227 a table every company needs is missing"),
    ],
)
def test_data_that_no_number_must_be_made_from_exit_with_3(ltvlab, write_company, tables, text):
    code, out, err = ltvlab("check", write_company(tables))

    assert (code, out) == (3, "")
    assert text in err
    assert "fix: " in err
    assert "Traceback" not in err


def test_the_place_of_a_faulty_cell_is_shown(ltvlab, write_company):
    err = ltvlab("check", write_company({"contracts": END_BEFORE_START}))[2]

    assert "file contracts.csv, record 1, line 2, column end_date" in err
    assert "value '2026-04-01'" in err


def test_check_lists_every_problem_in_a_file_however_many_the_screen_shows(
    ltvlab, write_company, problems_file
):
    rows = "\n".join(f"K{number},C1,P,2026-05-01,2026-04-01,100,month" for number in range(40))

    _, _, err = ltvlab("check", write_company({"contracts": f"{HEADER}\n{rows}\n"}))
    listed = pd.read_csv(problems_file)

    assert "40 problem(s) in the data" in err
    assert "… and 28 more" in err
    assert str(problems_file) in err
    assert len(listed) == 40
    assert {"id", "message", "fix", "file", "record", "line", "column", "value"} <= set(listed)
    assert listed["record"].tolist() == list(range(1, 41))


def test_a_check_that_passes_takes_the_old_list_away(ltvlab, write_company, problems_file):
    ltvlab("check", write_company({"contracts": END_BEFORE_START}))
    assert problems_file.exists()

    ltvlab("check", write_company({"contracts": END_BEFORE_START.replace("2026-04-01", "")}))

    assert not problems_file.exists()


def test_quarantine_sets_faulty_rows_aside_and_goes_on(ltvlab, write_company):
    params = write_company({"contracts": END_BEFORE_START}, quarantine_limit=0.5)

    assert ltvlab("check", params)[0] == 3
    code, out, _ = ltvlab("check", params, "--quarantine")

    assert code == 0
    assert "5 rows read = 4 used + 0 excluded + 1 quarantined" in out


def test_quarantine_has_a_limit(ltvlab, write_company):
    code, _, err = ltvlab("check", write_company({"contracts": END_BEFORE_START}), "--quarantine")

    assert code == 3
    assert "E225 too many rows would be set aside: 1 of 2 rows, over 1.00%" in err


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"monht": "2026-09"}, "did you mean month?"),
        ({"currency": "yen"}, "E106"),
        ({"month": "2026-9"}, "setting month"),
        ({"month": None}, "2026-05 is the last complete month in the data"),
        ({"company": "../small"}, "setting company"),
    ],
)
def test_params_that_cannot_be_used_exit_with_2(ltvlab, write_company, settings, text):
    code, out, err = ltvlab("check", write_company(**settings))

    assert (code, out) == (2, "")
    assert text in err
    assert "Traceback" not in err


def test_check_names_a_notebook_section_that_no_notebook_takes(ltvlab, write_company, tmp_path):
    """Else the mistake is found only when the report is made."""
    shutil.copytree(Path(__file__).parents[1] / "notebooks", tmp_path / "notebooks")
    params = write_company(notebooks={"segment_ltvv": {}, "segment_ltv": {"horizn_months": 24}})

    code, out, err = ltvlab("check", params)

    assert (code, out) == (2, "")
    assert "did you mean segment_ltv?" in err
    assert "setting notebooks.segment_ltv.horizn_months" in err


def test_a_currency_that_does_not_exist_exits_with_2(ltvlab, write_company):
    """Three capitals are no currency yet; found before any file is read."""
    code, _, err = ltvlab("check", write_company(currency="XQZ"))

    assert code == 2
    assert "there is no such currency; use its ISO 4217 code" in err


def test_a_missing_params_file_exits_with_2_and_the_nearest_name(ltvlab, write_company):
    write_company()

    code, _, err = ltvlab("check", "params/smal.yml")

    assert code == 2
    assert "did you mean params/small.yml?" in err


def test_a_month_in_another_form_exits_with_2(ltvlab, write_company):
    code, _, err = ltvlab("check", write_company(), "--month", "2026-9")

    assert code == 2
    assert "a month is written YYYY-MM" in err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["check"], "Missing argument 'PARAMS'"),
        (["check", "x", "--mnth", "y"], "No such option"),
    ],
)
def test_a_command_that_does_not_exist_exits_with_2(ltvlab, words, text):
    code, out, err = ltvlab(*words)

    assert (code, out) == (2, "")
    assert text in err
    assert "ltvlab --help lists the commands" in err


def test_help_exits_with_0_and_lists_the_commands(ltvlab):
    code, out, _ = ltvlab("--help")

    assert code == 0
    assert all(name in out for name in ("demo", "check", "report"))


def test_demo_writes_the_exports_and_says_where_the_answers_are(ltvlab, tmp_path, monkeypatch):
    whole = exports.write_exports
    monkeypatch.setattr(
        exports, "write_exports", lambda folder, *, seed: whole(folder, seed=seed, customers=120)
    )

    code, out, _ = ltvlab("demo", tmp_path / "exports", "--seed", "36")

    written = sorted(file.name for file in (tmp_path / "exports").iterdir())
    assert code == 0
    assert {"customers.csv", "contracts.csv", "PLANTED.md"} <= set(written)
    assert f"{len([name for name in written if name.endswith('.csv')])} exports; PLANTED.md" in out


@pytest.mark.parametrize(
    ("raised", "code", "text"),
    [
        (KernelError("The kernel died"), 5, "The kernel died"),
        (PublishError("Another run holds the lock"), 7, "Another run holds the lock"),
        (KeyboardInterrupt(), 130, "Interrupted; nothing was published."),
    ],
)
def test_every_failure_leaves_with_the_code_of_its_class(
    ltvlab, monkeypatch, write_company, raised, code, text
):
    def fail(*_args, **_settings):
        raise raised

    monkeypatch.setattr("ltvlab.checking.check_inputs", fail)

    assert ltvlab("check", write_company()) == (code, "", f"{text}\n")


def test_a_fault_of_ours_keeps_its_traceback(ltvlab, monkeypatch, write_company):
    monkeypatch.setattr("ltvlab.checking.check_inputs", lambda *_args, **_settings: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        ltvlab("check", write_company())


def test_the_module_runs_as_the_command_does():
    """`python -m ltvlab.cli` must not end with 0 having done nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "ltvlab.cli", "--help"], capture_output=True, text=True, check=True
    )

    assert "report" in done.stdout

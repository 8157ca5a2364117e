import csv
import io
import json
import runpy
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

import ratings
from ratings import (
    LOCAL_FLOOR,
    PUBLISHED_FLOOR,
    Battles,
    Taste,
    bootstrap_table,
    format_csv,
    format_json,
    format_text,
    rating_table,
    read_votes,
    simulate,
)
from ratings.__main__ import main
from ratings.progress import progress_bar
from ratings.studies.simulate import OutputPlan
from ratings.tables.outcome_table import outcome_table
from ratings.tables.sensitivity import sensitivity_table
from ratings.tables.style_table import style_table

WINNERS = ["model_a", "model_b", "tie", "both_bad"]


def write_votes(path, battles: Battles):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["prompt", "model_a", "model_b", "winner", "voter"])
        for a, b, outcome, voter, prompt in zip(
            battles.a, battles.b, battles.outcome, battles.voter, battles.prompt, strict=True
        ):
            names = battles.contestants[a], battles.contestants[b]
            writer.writerow([f"p{prompt}", *names, WINNERS[outcome], f"v{voter}"])


@pytest.fixture
def votes(tmp_path):
    path = tmp_path / "votes.csv"
    drawn = simulate(
        [-0.4, 0.0, 0.4],
        n_voters=15,
        n_prompts=6,
        votes_per_voter=20,
        taste=Taste(0.4, 0.4),
        rng=np.random.default_rng(8),
    )
    write_votes(path, drawn)
    return path


@pytest.mark.parametrize(
    ("name", "formatted"), [("table", format_text), ("csv", format_csv), ("json", format_json)]
)
@pytest.mark.parametrize(("floor", "value"), [("published", PUBLISHED_FLOOR), ("local", LOCAL_FLOOR)])
def test_the_command_prints_the_table_to_the_byte(votes, capsys, name, formatted, floor, value):
    assert main([str(votes), "--format", name, "--floor", floor]) == 0
    printed = capsys.readouterr()
    assert printed.out == formatted(rating_table(read_votes(votes), floor=value))
    assert printed.err == ""


def test_the_command_ends_the_program_with_its_exit_code(votes, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["ratings", str(votes)])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(Path(ratings.__file__).parent / "__main__.py"), run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("contestant ")


def test_the_published_floor_and_a_table_are_the_default(votes, capsys):
    main([str(votes)])
    assert capsys.readouterr().out == format_text(rating_table(read_votes(votes), floor=PUBLISHED_FLOOR))


def test_options_reach_the_table(votes, capsys):
    main([str(votes), "--ties", "half", "--both-bad", "drop", "--level", "0.8", "--format", "json"])
    parameters = json.loads(capsys.readouterr().out)["parameters"]
    assert (parameters["both_bad"], parameters["level"], parameters["ties"]) == ("drop", 0.8, "half")


def test_output_goes_to_a_file_with_lf_line_ends(votes, capsys, tmp_path):
    target = tmp_path / "leaderboard.csv"
    assert main([str(votes), "--format", "csv", "--output", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert target.read_bytes() == format_csv(rating_table(read_votes(votes), floor=PUBLISHED_FLOOR)).encode()


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt", "two-way"])
def test_a_bootstrap_is_printed_and_its_progress_told_apart(votes, capsys, cluster):
    options = ["--intervals", "bootstrap", "--resamples", "300", "--cluster", cluster, "--seed", "5"]
    assert main([str(votes), *options, "--format", "csv"]) == 0
    printed = capsys.readouterr()
    expected = bootstrap_table(
        read_votes(votes),
        floor=PUBLISHED_FLOOR,
        cluster=cluster.replace("-", "_"),
        n_resamples=300,
        rng=np.random.default_rng(5),
    )
    assert printed.out == format_csv(expected)
    assert printed.err == "resamples: 300 of 300\n"


@pytest.mark.parametrize("model", ["rao-kupper", "davidson", "grounded"])
@pytest.mark.parametrize("cluster", ["vote", "voter", "two-way"])
def test_a_tie_model_is_printed(votes, capsys, model, cluster):
    assert main([str(votes), "--ties", model, "--cluster", cluster, "--format", "json"]) == 0
    expected = outcome_table(
        read_votes(votes),
        floor=PUBLISHED_FLOOR,
        model=model.replace("-", "_"),
        cluster=cluster.replace("-", "_"),
    )
    assert capsys.readouterr().out == format_json(expected)


def test_all_treatments_of_ties_are_printed_side_by_side(votes, capsys):
    assert main([str(votes), "--ties", "all"]) == 0
    assert capsys.readouterr().out == format_text(sensitivity_table(read_votes(votes), floor=PUBLISHED_FLOOR))


def test_style_is_controlled_for(tmp_path, capsys):
    battles = simulate(
        [0.0, 0.3, 0.6],
        n_voters=30,
        n_prompts=20,
        votes_per_voter=20,
        outputs=OutputPlan(style=(1.0, 0.0)),
        rng=np.random.default_rng(2),
    )
    path = tmp_path / "votes.parquet"
    columns = {
        "model_a": [battles.contestants[i] for i in battles.a],
        "model_b": [battles.contestants[i] for i in battles.b],
        "winner": [WINNERS[i] for i in battles.outcome],
        "voter": battles.voter.astype(str),
        "prompt": battles.prompt.astype(str),
    }
    for side, values in (("a", battles.features_a), ("b", battles.features_b)):
        columns |= {f"length_{side}": values[:, 0], f"bold_{side}": values[:, 1]}
    parquet.write_table(pyarrow.table(columns), path)
    arguments = [str(path), "--style", "length,bold", "--cluster", "prompt"]
    assert main([*arguments, "--format", "csv"]) == 0
    expected = style_table(
        read_votes(path, features=("length", "bold")),
        floor=PUBLISHED_FLOOR,
        cluster="prompt",
        features=("length", "bold"),
    )
    assert capsys.readouterr().out == format_csv(expected)
    assert main(arguments) == 0
    assert "\nlength" in capsys.readouterr().out


def test_parquet_holds_the_rows_and_says_the_rest_in_its_metadata(votes, tmp_path):
    target = tmp_path / "leaderboard.parquet"
    assert main([str(votes), "--format", "parquet", "--output", str(target)]) == 0
    expected = rating_table(read_votes(votes), floor=PUBLISHED_FLOOR)
    stored = parquet.read_table(target)
    assert stored.to_pylist() == [asdict(row) for row in expected.rows]
    assert stored.schema.metadata[b"ratings"].decode() == format_json(expected)


def test_parquet_without_pyarrow_says_what_is_missing(votes, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main([str(votes), "--format", "parquet", "--output", str(tmp_path / "x.parquet")]) == 1
    assert "writing Parquet needs pyarrow" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_on_a_terminal_is_written_over_and_ends_its_line_when_the_work_fails(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ZeroDivisionError), progress_bar("steps", 4) as show:
        show(2)
        show(4)
        1 / 0  # noqa: B018
    start, half, whole = sys.stderr.getvalue().split("\r")
    assert start == ""
    assert half.startswith("steps [" + "#" * 15 + "." * 15 + "] 2 of 4, 0 s left")
    assert whole.rstrip(" \n") == "steps [" + "#" * 30 + "] 4 of 4"
    assert whole.endswith("\n")


def test_progress_in_a_file_is_one_plain_line_at_the_end(capsys):
    with pytest.raises(ZeroDivisionError), progress_bar("steps", 4) as show:
        show(1)
        show(2)
        assert capsys.readouterr().err == ""
        1 / 0  # noqa: B018
    assert capsys.readouterr().err == "steps: 2 of 4\n"


def test_work_that_never_began_shows_no_progress(capsys, monkeypatch):
    with progress_bar("steps", 1):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_bar("steps", 1):
        pass
    assert sys.stderr.getvalue() == ""


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_stream_without_a_letter_gets_an_escape(tmp_path, monkeypatch, form):
    path = tmp_path / "votes.csv"
    path.write_text("model_a,model_b,winner\nÉ樺,B,model_a\nÉ樺,B,model_b\n", encoding="utf-8")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main([str(path), "--floor", "local", "--format", form]) == 0
    sys.stdout.flush()
    printed = raw.getvalue().decode("ascii")
    if form == "json":
        assert json.loads(printed)["rows"][1]["contestant"] == "É樺"
    else:
        assert "\\xc9\\u6a3a" in printed


def test_the_help_says_where_a_cluster_applies(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "with --style or one tie model (default voter) or --intervals bootstrap (no default)" in said


def test_a_level_beyond_the_draws_of_the_ranks_still_prints_a_table(votes, capsys):
    assert main([str(votes), "--level", "0.99999"]) == 0
    assert "rank_low and rank_high are blank: 10000 draws" in capsys.readouterr().out


BOOTSTRAP = ["--intervals", "bootstrap"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--level", "95"], "argument --level: 95 is not between 0 and 1"),
        (["--level", "wide"], "argument --level: invalid"),
        (["--floor", "none"], "invalid choice: 'none'"),
        ([*BOOTSTRAP, "--resamples", "0"], "argument --resamples: 0 is not at least 2"),
        ([*BOOTSTRAP, "--resamples", "1"], "argument --resamples: 1 is not at least 2"),
        ([*BOOTSTRAP, "--cluster", "voter", "--seed", "-1"], "argument --seed: -1 is not at least 0"),
        ([*BOOTSTRAP, "--cluster", "voter", "--seed", "x"], "argument --seed: invalid"),
        (["--ties", "all", "--level", "0.95"], "--level is for intervals, and --ties all prints none"),
        (BOOTSTRAP, "bootstrap needs --cluster and --seed"),
        ([*BOOTSTRAP, "--cluster", "voter"], "bootstrap needs --cluster and --seed"),
        ([*BOOTSTRAP, "--ties", "davidson"], "--intervals bootstrap goes with --ties half"),
        ([*BOOTSTRAP, "--style", "length"], "--intervals bootstrap goes with --ties half"),
        (["--seed", "1"], "--seed goes with --intervals bootstrap"),
        (["--resamples", "10"], "--resamples goes with --intervals bootstrap"),
        (["--cluster", "voter"], "this table has its own clusters"),
        (["--ties", "all", "--cluster", "voter"], "this table has its own clusters"),
        (["--ties", "davidson", "--both-bad", "drop"], "--both-bad drop goes with --ties half"),
        (["--ties", "davidson", "--style", "length"], "--style goes with --ties half"),
        (["--style", "length,,bold"], "is not a list of different names"),
        (["--style", "length,length"], "is not a list of different names"),
        (["--format", "parquet"], "--format parquet needs --output"),
    ],
)
def test_wrong_use_exits_with_2(votes, capsys, options, message):
    with pytest.raises(SystemExit) as caught:
        main([str(votes), *options])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_a_bad_file_is_one_line_and_exits_with_1(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_text("model_a,model_b,winner\nA,B,draw\n")
    assert main([str(path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert (
        printed.err
        == f"ratings: {path}:2: winner 'draw' is not one of model_a, model_b, tie, both_bad, tie (bothbad)\n"
    )


def test_an_output_that_cannot_be_written_exits_with_1(votes, tmp_path, capsys):
    assert main([str(votes), "--output", str(tmp_path / "no" / "where.csv")]) == 1
    assert capsys.readouterr().err.startswith("ratings: ")


def test_a_bootstrap_without_voters_exits_with_1(tmp_path, capsys):
    path = tmp_path / "few.csv"
    path.write_text("model_a,model_b,winner\nA,B,tie\n")
    arguments = ["--floor", "local", *BOOTSTRAP, "--cluster", "voter", "--seed", "1"]
    assert main([str(path), *arguments]) == 1
    assert capsys.readouterr().err == "ratings: there is no voter column to cluster by\n"

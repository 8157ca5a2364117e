import csv
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

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


@pytest.mark.parametrize("cluster", ["voter", "prompt", "two-way"])
def test_a_bootstrap_is_printed_and_its_progress_told_apart(votes, capsys, cluster):
    assert (
        main([str(votes), "--bootstrap", "300", "--cluster", cluster, "--seed", "5", "--format", "csv"]) == 0
    )
    printed = capsys.readouterr()
    expected = bootstrap_table(
        read_votes(votes),
        floor=PUBLISHED_FLOOR,
        cluster=cluster.replace("-", "_"),
        n_resamples=300,
        rng=np.random.default_rng(5),
    )
    assert printed.out == format_csv(expected)
    assert printed.err == "\rresamples: 250 of 300\rresamples: 300 of 300\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--level", "95"], "argument --level: 95 is not between 0 and 1"),
        (["--level", "wide"], "argument --level: invalid"),
        (["--floor", "none"], "invalid choice: 'none'"),
        (
            ["--bootstrap", "0", "--cluster", "voter", "--seed", "1"],
            "argument --bootstrap: 0 is not at least 1",
        ),
        (["--bootstrap", "10"], "--bootstrap needs --cluster and --seed"),
        (["--bootstrap", "10", "--cluster", "voter"], "--bootstrap needs --cluster and --seed"),
        (["--seed", "1"], "--cluster and --seed go with --bootstrap"),
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
    arguments = ["--floor", "local", "--bootstrap", "10", "--cluster", "voter", "--seed", "1"]
    assert main([str(path), *arguments]) == 1
    assert capsys.readouterr().err == "ratings: there is no voter column to cluster by\n"

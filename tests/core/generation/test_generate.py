"""Whole runs against an endpoint that misbehaves: what is kept, what is asked again, what it costs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.core.catalog import OutputSpec
from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.generation.generate import Order, claimed_job, key_name, read_job
from arena.core.generation.patience import ATTEMPTS
from arena.core.generation.run import Progress
from arena.core.generation_spec import GenerationSpec
from arena.core.sync import check_images
from arena.errors import CatalogError, Conflict, EndpointRefused, Invalid, NotFound
from tests.core.generation import misbehaving as server_says
from tests.core.generation.misbehaving import Behaviour, Misbehaving, image, misbehaving, said, status
from tests.core.generation.orders import PRICE, Time, failures_of, outputs_of, work, write_asked
from tests.factories import png, take_in

COST = (11 * 1000 + 7 * 10_000) / 1e6
"""Of one good answer."""


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as server:
        yield server


def test_a_run_fills_the_file_that_a_sync_takes_in(server: Misbehaving, tmp_path: Path, context: Context):
    root = write_asked(tmp_path, server.url)
    progress = work(root)
    assert (progress.outputs, progress.failures) == (4, {})
    assert [output.prompt_id for output in outputs_of(root)] == [f"poems-00{n}" for n in (1, 2, 3, 4)]
    load_catalog([root])
    assert take_in(context, root).added["output"] == 16


def test_a_line_says_how_its_output_was_made(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, generation={"system": "Be brief.", "mystery_shopper": True})
    time = Time()
    work(root, time=time)
    output = outputs_of(root)[0]
    assert output.text == "A verse on poems-001, made for a test."
    assert (output.tokens, output.cost_usd) == (7, pytest.approx(COST))
    assert output.generated_at == time.clock()
    assert output.settings == {
        "endpoint": server.url,
        "model": "quartz-9",
        "system": "Be brief.",
        "parameters": {"temperature": 0.5, "max_tokens": 40},
        "stream": True,
        "mystery_shopper": True,
        "attempts": 1,
        "broken_off": 0,
        "finish": "stop",
        "tokens_in": 11,
        "seconds_to_first": 0.0,
        "pieces": 2,
        "answered_by": "quartz-9-exact",
    }


def test_a_second_run_asks_nobody(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    work(root)
    before = (root / "pregenerated/poems/quartz.jsonl").read_bytes()
    assert work(root).wanted == 0
    assert (root / "pregenerated/poems/quartz.jsonl").read_bytes() == before
    assert set(server.asked.values()) == {1}


def test_more_samples_are_asked_for_with_a_seed_of_their_own(server: Misbehaving, tmp_path: Path):
    root = write_asked(
        tmp_path, server.url, prompts=1, generation={"parameters": {"seed": 5, "max_tokens": 9}}
    )
    work(root)
    work(root, samples=3)
    assert [(output.sample, output.settings["parameters"]["seed"]) for output in outputs_of(root)] == [
        (1, 5),
        (2, 6),
        (3, 7),
    ]
    assert [body["seed"] for _, _, body in server.requests] == [5, 6, 7]


def test_several_workers_make_everything_once(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=12)
    server.script = {f"poems-0{n:02}": [status(500)] for n in (2, 5, 9)}
    work(root, concurrency=4, samples=2)
    cells = [(output.prompt_id, output.sample) for output in outputs_of(root)]
    assert len(cells) == len(set(cells)) == 24
    assert set(server.answered.values()) == {2}


@pytest.mark.parametrize(
    "behaviour",
    [
        status(429),
        status(500),
        server_says.slow,
        server_says.broken_json,
        server_says.hang_up,
        server_says.hang_up_midway,
        server_says.stop_midway,
    ],
    ids=lambda behaviour: getattr(behaviour, "__name__", "status"),
)
def test_what_breaks_once_is_made_all_the_same(server: Misbehaving, tmp_path: Path, behaviour: Behaviour):
    root = write_asked(tmp_path, server.url, prompts=2)
    server.script["poems-001"] = [behaviour]
    time = Time()
    assert work(root, time=time).outputs == 2
    assert failures_of(root) == ()
    assert outputs_of(root)[0].settings["attempts"] == 2
    assert len(time.slept) == 1


def test_waits_double_and_are_never_equal(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=1)
    server.script["poems-001"] = [status(500)] * 5
    time = Time()
    work(root, time=time)
    assert len(time.slept) == 5
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(time.slept))
    assert len({wait / 2**n for n, wait in enumerate(time.slept)}) == 5


def test_the_wait_that_is_asked_for_is_kept(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=1)
    server.script["poems-001"] = [status(429, Retry_After="37")]
    time = Time()
    work(root, time=time)
    assert 37 <= sum(time.slept) < 38


def test_an_endpoint_that_asks_for_hours_ends_the_run(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    server.script["poems-002"] = [status(429, Retry_After="7200")]
    with pytest.raises(EndpointRefused, match="7200 s"):
        work(root)
    assert len(outputs_of(root)) == 1


def test_what_always_fails_is_recorded_and_asked_for_in_the_next_run(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    server.script["poems-002"] = [status(500)] * ATTEMPTS
    progress = work(root)
    assert (progress.outputs, progress.failures) == (3, {"failed": 1})
    failure = failures_of(root)[0]
    assert (failure.prompt_id, failure.reason) == ("poems-002", "failed")
    assert failure.detail == "HTTP 500: Told to say 500."
    assert (failure.settings["attempts"], failure.cost_usd) == (ATTEMPTS, None)
    assert work(root).outputs == 1
    assert len(outputs_of(root)) == 4
    assert len(failures_of(root)) == 1, "what failed stays on record"


NO_OUTPUTS = [
    (said(None, refusal="I will not."), "refused", None, "I will not."),
    (said("Half a", finish="content_filter"), "refused", "Half a", "filtered"),
    (status(400, "content_policy_violation"), "refused", None, "HTTP 400"),
    (said(None), "empty", None, "no text came"),
    (said(" \n"), "empty", " \n", "no text came"),
    (said("Cut off in the mid", finish="length"), "truncated", "Cut off in the mid", "cut off"),
    (said("long " * 40_001), "unusable", "long " * 40_001, "bytes"),
    (said("Half \ud83d"), "unusable", "Half ?", "half of a surrogate pair"),
]


@pytest.mark.parametrize("behaviour, reason, text, detail", NO_OUTPUTS)
def test_an_answer_that_is_no_output_is_kept_as_what_it_is_and_not_paid_twice(
    server: Misbehaving, tmp_path: Path, behaviour: Behaviour, reason: str, text: str, detail: str
):
    root = write_asked(tmp_path, server.url, prompts=2)
    server.script["poems-001"] = [behaviour]
    assert work(root).failures == {reason: 1}
    failure = failures_of(root)[0]
    assert (failure.reason, failure.text) == (reason, text)
    assert detail in failure.detail
    assert [output.prompt_id for output in outputs_of(root)] == ["poems-002"]
    assert work(root).wanted == 0
    assert server.asked["poems-001"] == 1
    assert work(root, again=True).outputs == 1
    assert len(outputs_of(root)) == 2


def test_a_refusal_is_an_output_where_the_category_says_so(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=2, category={"refusals": "shown"})
    server.script["poems-001"] = [said(None, refusal="I will not.")]
    server.script["poems-002"] = [status(400, "content_policy_violation")]
    progress = work(root)
    output = outputs_of(root)[0]
    assert (output.text, output.settings["refused"]) == ("I will not.", True)
    assert progress.failures == {"refused": 1}, "without words there is nothing to show"


def test_a_dead_endpoint_ends_the_run(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=8)
    server.script = {f"poems-00{n}": [status(503)] * ATTEMPTS for n in range(2, 9)}
    with pytest.raises(EndpointRefused, match="5 requests failed in a row; the last: HTTP 503"):
        work(root)
    assert (len(outputs_of(root)), len(failures_of(root))) == (1, 5)


def test_a_wrong_key_ends_the_run_at_once_and_leaves_no_file(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    server.script["poems-001"] = [status(401)]
    with pytest.raises(EndpointRefused):
        work(root)
    assert sum(server.asked.values()) == 1
    assert not (root / "pregenerated/poems/quartz.jsonl").exists()


@pytest.mark.parametrize("stop_after", [0, 2])
def test_a_run_that_is_stopped_while_it_waits_records_nothing_for_what_it_waits_for(
    server: Misbehaving, tmp_path: Path, stop_after: int
):
    root = write_asked(tmp_path, server.url)
    server.script["poems-002"] = [status(500), status(429, Retry_After="9"), status(500)]
    work(root, time=Time(stop_after))
    assert [output.prompt_id for output in outputs_of(root)] == ["poems-001"]
    assert failures_of(root) == ()


def test_what_a_recipe_made_counts_as_there(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    by_hand = OutputSpec(
        prompt_id="poems-003",
        sample=1,
        text="By hand.",
        tokens=None,
        seconds=None,
        cost_usd=None,
        generated_at=None,
        settings={},
    )
    with claimed_job([root], Order("poems", "quartz")) as (_, ledger):
        ledger.keep_output(by_hand)
    assert work(root).spent == pytest.approx(3 * COST)
    assert server.asked["poems-003"] == 0


def test_the_source_of_a_prompt_is_sent_with_it(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=1)
    path = root / "prompts/poems/prompts.jsonl"
    line = json.loads(path.read_text(encoding="utf-8"))
    reference = {"text": "The source.", "shown": "beside"}
    path.write_text(json.dumps(line | {"reference": reference}), encoding="utf-8")
    work(root)
    assert server.requests[0][2]["messages"][-1]["content"] == "Write about *poems-001*.\n\nThe source."
    reference = {"asset": "source.png", "shown": "hold"}
    path.write_text(json.dumps(line | {"reference": reference}), encoding="utf-8")
    with pytest.raises(Invalid, match="its reference is a picture"):
        work(root)


def test_the_time_left_is_that_of_the_pace_so_far():
    assert Progress(8).seconds_left is None
    assert Progress(8, outputs=1, failures={"empty": 1}, seconds=10).seconds_left == 30


def test_a_run_that_is_stopped_before_it_begins_asks_nobody(server: Misbehaving, tmp_path: Path):
    work(write_asked(tmp_path, server.url), time=Time(-1))
    assert not server.requests


# Cost


def test_a_limit_is_kept_before_asking(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    most = read_job([root], Order("poems", "quartz")).budget.worst(read_job_wanted(root))
    progress = work(root, cost_limit=2 * COST + most - 1e-9)
    assert progress.is_limit_reached
    assert progress.outputs == sum(server.asked.values()) == 2
    assert progress.spent == pytest.approx(2 * COST)


def read_job_wanted(root: Path) -> Any:
    return read_job([root], Order("poems", "quartz")).plan.wanted[0]


def test_a_limit_holds_over_several_runs(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    work(root, cost_limit=1.5)
    assert work(root, cost_limit=1.5, samples=2).spent == pytest.approx(8 * COST)
    assert work(root, cost_limit=8 * COST, samples=3).outputs == 0


def test_several_workers_keep_the_limit_together(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=12)
    assert work(root, cost_limit=1.0, concurrency=4).spent <= 1.0
    assert len(outputs_of(root)) == len(server.requests)


def test_what_broke_off_counts_as_the_most_it_can_cost(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=1)
    most = read_job([root], Order("poems", "quartz")).budget.worst(read_job_wanted(root))
    server.script["poems-001"] = [server_says.stop_midway, status(500)]
    assert work(root).spent == pytest.approx(most + COST)
    assert read_job([root], Order("poems", "quartz")).budget.spent == pytest.approx(most + COST)
    assert outputs_of(root)[0].cost_usd == pytest.approx(COST), "known is only what the answer itself cost"


@pytest.mark.parametrize(
    "changes", [{"price": None}, {"generation": {"parameters": {"temperature": 1}}}], ids=["price", "length"]
)
def test_a_limit_that_cannot_be_kept_is_refused(server: Misbehaving, tmp_path: Path, changes: dict[str, Any]):
    root = write_asked(tmp_path, server.url, **changes)
    with pytest.raises(Invalid, match="nothing bounds what a request costs"):
        work(root, cost_limit=1)
    assert not server.requests


def test_without_a_price_the_cost_is_unknown_and_not_nothing(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=1, price=None)
    work(root)
    assert outputs_of(root)[0].cost_usd is None


def test_a_price_of_nothing_needs_no_count(server: Misbehaving, tmp_path: Path):
    free = PRICE | {"usd_per_million_in": 0, "usd_per_million_out": 0}
    root = write_asked(tmp_path, server.url, prompts=1, price=free, generation={"parameters": {}})
    work(root, cost_limit=0)
    assert outputs_of(root)[0].cost_usd == 0


# Images


def test_images_are_kept_as_files_and_pass_the_check(server: Misbehaving, tmp_path: Path):
    price = {"usd_per_image": 0.04, "stated_on": "2026-11-01"}
    root = write_asked(tmp_path, server.url, modality="image", price=price)
    assert work(root, samples=2, cost_limit=1).spent == pytest.approx(8 * 0.04)
    output = outputs_of(root)[0]
    assert (output.asset, output.text, output.cost_usd) == ("poems-001-1.png", None, 0.04)
    assert (root / "pregenerated/poems/quartz/poems-001-1.png").read_bytes() == png()
    assert check_images(load_catalog([root])) == 20


def test_an_image_that_cannot_be_shown_is_a_failure(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, modality="image", prompts=1)
    server.script["poems-001"] = [image(png()[:40])]
    assert work(root).failures == {"unusable": 1}
    assert "the image: " in failures_of(root)[0].detail


# What is refused


@pytest.mark.parametrize(
    "change", [{"model": "quartz-10"}, {"system": "Rhyme."}, {"parameters": {"top_p": 1}}]
)
def test_other_settings_are_another_contestant(server: Misbehaving, tmp_path: Path, change: dict[str, Any]):
    root = write_asked(tmp_path, server.url, prompts=2)
    work(root)
    write_asked(tmp_path / "other", server.url, prompts=2, generation=change)
    contestants = "pregenerated/contestants.yaml"
    (root / contestants).write_bytes((tmp_path / "other" / contestants).read_bytes())
    with pytest.raises(Conflict, match=f"was made with {next(iter(change))} "):
        work(root, samples=2)


def test_two_runs_do_not_collide(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url)
    with claimed_job([root], Order("poems", "quartz")), pytest.raises(Conflict, match="Another run"):
        work(root)
    assert work(root).outputs == 4


@pytest.mark.parametrize(
    "order, message",
    [
        (Order("odes", "quartz"), "no category 'odes'"),
        (Order("../poems", "quartz"), "no category"),
        (Order("poems", "pyrite"), "no contestant 'pyrite'"),
        (Order("poems", "../pyrite"), "no contestant"),
    ],
)
def test_what_is_not_there_is_said(tmp_path: Path, order: Order, message: str):
    root = write_asked(tmp_path, "http://127.0.0.1:1/v1")
    with pytest.raises(NotFound, match=message), claimed_job([root], order):
        pass
    assert {path.name for path in (root / "pregenerated").rglob("*.jsonl")} == {
        f"{name}.jsonl" for name in ("basalt", "granite", "marble")
    }


def test_a_dry_run_says_what_is_not_there_too(tmp_path: Path):
    root = write_asked(tmp_path, "http://127.0.0.1:1/v1")
    with pytest.raises(NotFound, match="no category 'odes'"):
        read_job([root], Order("odes", "quartz"))


def test_what_came_with_the_package_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sample = write_asked(tmp_path / "sample", "http://127.0.0.1:1/v1")
    monkeypatch.setattr("arena.core.generation.generate.shipped_catalog", lambda: sample)
    with pytest.raises(Invalid, match="ARENA_CATALOG_DIR"), claimed_job([sample], Order("poems", "quartz")):
        pass


def test_a_contestant_without_settings_needs_a_name_at_an_endpoint(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, generation={"mystery_shopper": True})
    write_asked(root, server.url)
    path = root / "pregenerated/contestants.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  generation:")] + text[text.index("  kind:") :], encoding="utf-8")
    with pytest.raises(Invalid, match="no block 'generation'"):
        work(root)
    assert work(root, base_url=server.url, model="quartz-9").outputs == 4


@pytest.mark.parametrize("url", ["ftp://x/v1", "v1", "https://me:secret@host/v1", "https://host/v1?key=1"])
def test_an_address_that_may_not_stand_in_a_file_is_refused(tmp_path: Path, url: str):
    root = write_asked(tmp_path, "http://127.0.0.1:1/v1")
    with pytest.raises(Invalid, match="--base-url: "):
        read_job([root], Order("poems", "quartz", base_url=url))


def test_a_key_goes_to_its_own_host_only(tmp_path: Path):
    assert key_name(GenerationSpec(model="m")) == "OPENAI_API_KEY"
    assert key_name(GenerationSpec(model="m", base_url="https://other.example/v1")) is None
    root = write_asked(tmp_path, "https://one.example/v1", generation={"key_variable": "ONE_KEY"})
    assert key_name(read_job([root], Order("poems", "quartz")).settings) == "ONE_KEY"
    moved = Order("poems", "quartz", base_url="https://two.example/v1")
    assert key_name(read_job([root], moved).settings) is None


@pytest.mark.parametrize("name", ["model", "messages", "stream", "n"])
def test_parameters_cannot_take_what_the_arena_sets(tmp_path: Path, name: str):
    root = write_asked(tmp_path, "http://127.0.0.1:1/v1", generation={"parameters": {name: 1}})
    with pytest.raises(CatalogError, match=f"contestants.yaml:.*{name} cannot be among them"):
        read_job([root], Order("poems", "quartz"))


def test_a_system_text_has_no_place_with_images(tmp_path: Path):
    root = write_asked(tmp_path, "http://127.0.0.1:1/v1", modality="image", generation={"system": "Be kind."})
    with pytest.raises(Invalid, match="is asked for without"):
        read_job([root], Order("poems", "quartz"))


def test_a_failure_for_no_prompt_or_contestant_fails_the_check(server: Misbehaving, tmp_path: Path):
    root = write_asked(tmp_path, server.url, prompts=1)
    server.script["poems-001"] = [said(None)]
    work(root)
    path = root / "pregenerated/poems/quartz.failures.jsonl"
    load_catalog([root])
    path.write_text(path.read_text(encoding="utf-8").replace("poems-001", "odes-001"), encoding="utf-8")
    with pytest.raises(CatalogError, match="no such prompt"):
        load_catalog([root])
    path.rename(path.with_name("pyrite.failures.jsonl"))
    with pytest.raises(CatalogError, match="is not in contestants"):
        load_catalog([root])

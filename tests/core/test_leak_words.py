"""What a text says that tells its maker, or that it is no whole answer."""

import pytest

from arena.core.leak_words import telling_spans

NAMES = ("quartz-nine", "Quartz Nine", "Quartz", "Stone Works", "GPT-4")


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in telling_spans(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, QUARTZ here.", "QUARTZ"),
        ("I am quartz_nine.", "quartz_nine"),
        ("Made at the stone  works.", "stone  works"),
        ("Ask GPT 4, or gpt4.", "GPT 4"),
        ("**Quartz** says so.", "Quartz"),
        ("_Quartz_ says so.", "Quartz"),
        ("由Quartz。", None),
    ],
)
def test_a_name_is_found_as_a_whole_word_in_any_case(text: str, name: str | None):
    names = [words for kind, words in found(text) if kind == "names_maker"]
    assert names[:1] == ([] if name is None else [name])


def test_a_word_that_only_holds_a_name_is_no_finding():
    assert found("Quartzite is a rock; so is prequartz.") == []


def test_a_longer_name_is_found_whole_and_once():
    assert found("Quartz Nine wrote this.") == [("names_maker", "Quartz Nine")]


@pytest.mark.parametrize("text", ["他是我的街坊邻居。", "街坊说。", "我爱街坊"])
def test_a_name_in_a_script_without_spaces_is_found_inside_a_sentence(text: str):
    assert [text[span.start : span.end] for span in telling_spans(text, ("街坊",))] == ["街坊"]


def test_without_names_nothing_is_named():
    assert list(telling_spans("Anything at all.", ())) == []


@pytest.mark.parametrize(
    "text",
    [
        "As an AI language model, I have no taste.",
        "As an AI developed by someone, I have no taste.",
        "I'm just a large language model.",
        "I am an open source AI.",
        "I was trained by a company.",
        "As of my last knowledge update, nobody knew.",
        "My training data ends in spring.",
        "作为一个人工智能，我没有口味。",
        "我是一个由某公司开发的语言模型。",
    ],
)
def test_a_text_that_describes_its_maker_is_found(text: str):
    assert [kind for kind, _ in found(text)] == ["describes_itself"]


@pytest.mark.parametrize(
    "text",
    [
        "As an AI researcher she knows models.",
        "I am an assistant cook.",
        "The bridge was built by masons.",
        "A language model guesses the next word.",
        "人工智能是机器做的事。",
    ],
)
def test_a_text_about_machines_or_people_describes_nobody(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("A good day.</s>", "</s>"),
        ("A good day.<|im_end|>", "<|im_end|>"),
        ("A good day. [INST] Go on. Then it ends.", "[INST]"),
        ("A good day.\n### Human: and then? It ends.", "### Human:"),
    ],
)
def test_a_mark_of_a_chat_format_is_found(text: str, mark: str):
    assert ("template_mark", mark) in found(text)


def test_words_that_chat_formats_use_are_no_marks_elsewhere():
    assert found("To err is human: we know. A user: somebody. <s>Gone.") == []


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot assist you with this.",
        "I am unable to fulfil this request.",
        "I won’t be able to provide that.",
        "I’m not able to create content of that kind.",
        "抱歉，我无法提供这样的内容。",
        "我不能回答这个问题。",
    ],
)
def test_a_refusal_is_found(text: str):
    assert [kind for kind, _ in found(text)] == ["refusal"]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I cannot come on Saturday.",
        "I can't help thinking of it.",
        "Nobody could help with that.",
        "我不能来。",
    ],
)
def test_a_polite_no_is_no_refusal(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It rains. The river rises and then it runs over the",
        "It rains. The river rises and then it runs over,",
        "Here is how you do it, step by step, with all that you need:\n\n",
        "Two steps.\n\n## The second",
        "Look:\n```python\nprint(1)\n",
        "Look:\n````\n```\nprint(1)\n```",
        "The sum is $$a + b",
        "- Boil the water until it sings in the pot.\n- Add the tea and wait until the whole of it has",
        "天下雨了。河水慢慢涨起来，最后漫过了河岸，流进了村子里的",
    ],
)
def test_a_text_that_stops_in_the_middle_is_found(text: str):
    assert [kind for kind, _ in found(text)] == ["cut_short"]


@pytest.mark.parametrize(
    "text",
    [
        "It rains. The river rises and then it runs over the banks.",
        "It rains. (And then the river rises and runs over the banks.)",
        "She said: “It rains, and then the river rises and runs over.”",
        "It rains, and the rest of us stay in and wait. **That is all there is to say.**",
        "Kind regards,\nAnna",
        "Dear Bo, the hall is ours from eight o'clock on.\n\nBest wishes",
        "Yes",
        "42",
        "- eggs\n- milk and a loaf of the good bread from round the corner\n- tea",
        "Winter comes on quiet feet over hills and down\nand lays its hand on the roofs of the sleeping town",
        "Look:\n```python\nprint(1)\n```",
        "```on one line```",
        "Look:\n\n    indented code that is long enough to look like a sentence without end",
        "| a | b |\n|---|---|\n| one of many words in a row of a table | two |",
        "It costs $$5$$ here.",
        "天下雨了。河水慢慢涨起来，最后漫过了河岸，流进了村子里。",
    ],
)
def test_a_whole_text_is_not_called_cut(text: str):
    assert found(text) == []


def test_the_span_of_a_cut_text_is_its_last_line():
    text = "It rains. All day.\nThe river rises and then it runs over the  \n"
    assert found(text) == [("cut_short", "The river rises and then it runs over the")]


def test_a_hostile_text_is_read_in_time_that_grows_with_its_length():
    for text in (
        "I am an " + "a " * 50_000,
        "`" * 100_000,
        "*" * 100_000,
        "quartz " * 10_000 + "我是" * 20_000,
    ):
        list(telling_spans(text, NAMES))

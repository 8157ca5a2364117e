"""What in a text tells its maker or shows that it is no whole answer."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from arena.core.leak_spec import LeakKind


class Span(NamedTuple):
    """A place in a text: characters ``start`` to ``end``."""

    kind: LeakKind
    start: int
    end: int


_MADE = r"(?:made|trained|developed|created|built|designed|programmed|fine-tuned)"
_MACHINE = r"(?:AI|A\.I\.|artificial intelligence|(?:large )?language model|LLM|chat ?bot|virtual assistant)"
_SELF = re.compile(
    "|".join(
        (
            rf"\bas an? {_MACHINE}(?: (?:language )?(?:model|assistant|chat ?bot|system))?"
            rf"(?:,|(?= (?:I\b|{_MADE}\b)))",
            rf"\bI(?:['’]m| am)(?: (?:just|only|actually|but))?(?: an?)?(?: [\w-]+){{0,2}}? {_MACHINE}\b",
            rf"\bI (?:was|am|have been) {_MADE} by\b",
            r"\bmy (?:training data|knowledge cut-?off)\b",
            r"\bas of my (?:last|latest)(?: knowledge| training)? (?:update|cut-?off)\b",
            r"作为(?:一个|一名|一款|一種|一种)?(?:大型|大|多模态)?(?:人工智能|AI|语言模型|語言模型)",
            r"我(?:只)?是(?:一个|一名|一款|由)?[^。，！？\n]{0,12}"
            r"(?:人工智能|语言模型|語言模型|AI ?助手|智能助手)",
        )
    ),
    re.IGNORECASE,
)

_TEMPLATE_MARK = re.compile(
    r"</s>|<\|\w+\|>|\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>"
    r"|^(?:### )?(?:Human|User|Assistant|Bot):|^<(?:human|user|assistant|bot)>:",
    re.IGNORECASE | re.MULTILINE,
)

_CANNOT = (
    r"\bI(?: am|['’]m)? "
    r"(?:can(?:no|['’])t|can not|won['’]t|will not|unable to|not able to|must decline to|refuse to)"
)
_REFUSAL = re.compile(
    "|".join(
        (
            rf"{_CANNOT}(?: be able to)? (?:help|assist)(?: you)?(?: with|\.|,)",
            rf"{_CANNOT}(?: be able to)? (?:comply|fulfil|fulfill|answer|complete|satisfy)(?: with)? "
            r"(?:this|that|your|the)(?: \w+)? (?:request|prompt|question|task)\b",
            rf"{_CANNOT}(?: be able to)? (?:provide|generate|create|produce|write|engage in|share) "
            r"(?:this|that|such|any|content|the requested)\b",
            r"(?:抱歉|对不起|很遗憾)[^。\n]{0,10}(?:无法|不能|没法)(?:提供|帮助|协助|回答|满足|完成|生成)",
            r"我(?:无法|不能)(?:提供|协助|回答|满足|完成|生成)(?:您|你|这|该|此|相关)",
        )
    ),
    re.IGNORECASE,
)

_LIST_MARK = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_DECORATION = re.compile(r"[\s*_~`\"'”’»)\]）」』>]+$")
_END = ".!?…。！？~"
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。！？]")
_COLONS = ":："
_UNDONE_END = f"{_COLONS},，、;；("
#: Words of a line, or characters of one without spaces, from which on it is a sentence and wants an end.
_LONG_LINE = 8
_LONG_UNSPACED = 16
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def telling_spans(text: str, names: Sequence[str]) -> Iterator[Span]:
    """Yield what may give the maker of a text away, or shows that it is no whole answer.

    Parameters
    ----------
    names
        What nobody may read in an output, as whole words in any case; spaces, hyphens and underscores in them
        are alike, and need not be there.
    """
    pattern = _names_pattern(tuple(sorted(names, key=len, reverse=True)))
    yield from (Span("names_maker", *found.span()) for found in pattern.finditer(text))
    yield from (Span("describes_itself", *found.span()) for found in _SELF.finditer(text))
    yield from (Span("template_mark", *found.span()) for found in _TEMPLATE_MARK.finditer(text))
    yield from (Span("refusal", *found.span()) for found in _REFUSAL.finditer(text))
    start = _cut_start(text)
    if start is not None:
        yield Span("cut_short", start, len(text.rstrip()))


@cache
def _names_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_whole_word, names)) if names else r"(?!)", re.IGNORECASE)


def _whole_word(name: str) -> str:
    """Return a pattern of a name; where a script has no spaces, ends of words cannot be asked for."""
    loose = r"[\s_-]*".join(re.escape(part) for part in re.split(r"[\s_-]+", name))
    start = "" if _HAN.match(name[0]) else r"(?<![^\W_])"
    return start + loose + ("" if _HAN.match(name[-1]) else r"(?![^\W_])")


def _cut_start(text: str) -> int | None:
    """Return where the last line starts if the text stops in the middle of something."""
    lines = text.rstrip().split("\n")
    last = lines[-1]
    start = len(text.rstrip()) - len(last)
    fenced = _in_open_fence(lines)
    if fenced or text.count("$$") % 2:
        return start
    if _closes_code(last) or last.lstrip().startswith("|"):
        return None
    return start if _stops_inside(lines) else None


def _in_open_fence(lines: Sequence[str]) -> bool:
    """Whether a fenced block is not closed: a closing fence is as long, of the same mark, and alone."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        marks, behind = found.groups() if found else ("", "")
        if fence:
            if marks.startswith(fence) and not behind.strip():
                fence = ""
        elif marks and not (marks[0] == "`" and "`" in behind):
            fence = marks
    return bool(fence)


def _closes_code(line: str) -> bool:
    return _FENCE.match(line) is not None or line.startswith(("    ", "\t"))


def _stops_inside(lines: Sequence[str]) -> bool:
    """Whether the last line wants to go on: a heading, a colon, or a long line without its sentence's end."""
    last = lines[-1].strip()
    bare = _DECORATION.sub("", last)
    if re.match(r"#{1,6}\s", last):
        return True
    if not bare or bare[-1] in _END:
        return False
    if not _is_long(bare):
        return bare[-1] in _COLONS and _is_long(" ".join(lines))
    if bare[-1] in _UNDONE_END:
        return True
    return bare[-1].isalnum() and bare == last and _others_end(lines)


def _is_long(line: str) -> bool:
    return len(line.split()) >= _LONG_LINE or len(_HAN.findall(line)) >= _LONG_UNSPACED


def _others_end(lines: Sequence[str]) -> bool:
    """Whether lines of the same kind (items, or prose) end as sentences do; verse and bare items do not."""
    is_item = bool(_LIST_MARK.match(lines[-1]))
    others = [
        _DECORATION.sub("", line.strip())
        for line in lines[:-1]
        if _is_long(line) and bool(_LIST_MARK.match(line)) == is_item
    ]
    if not others:
        return any(_SENTENCE_END.search(line) for line in lines)
    ended = sum(line[-1:] in _END + _COLONS for line in others)
    return ended > len(others) / 2

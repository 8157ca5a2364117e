"""LaTeX to MathML that cannot act: no links, styles, colours or foreign elements, and bounded in depth."""

import re
from html import unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml import exceptions
from latex2mathml.converter import convert_to_element

#: Characters, and elements inside each other. A larger formula is shown as its source.
MAX_FORMULA = 4_000
MAX_DEPTH = 100

TAGS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "mstyle",
        "mfrac",
        "msqrt",
        "mroot",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mpadded",
        "mphantom",
    ]
)
#: Elements that mean nothing with more or fewer parts; the converter does not check.
_N_CHILDREN = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
CLASSES = {"mrow": {"math-box", "math-strike"}, "mtd": {"math-left", "math-right"}}

#: Attribute -> the values it may have. Colours and sizes are left out: an output must stay readable on a
#: dark page and inside its box.
_LENGTH = re.compile(r"[+-]?(\d(\.\d*)?|\.\d+)(em|ex|pt|px|mu)?")
_FLAG = re.compile(r"true|false")
ATTRIBUTES = {
    "accent": _FLAG,
    "depth": _LENGTH,
    "display": re.compile(r"block|inline"),
    "displaystyle": _FLAG,
    "fence": _FLAG,
    "form": re.compile(r"prefix|infix|postfix"),
    "height": _LENGTH,
    "largeop": _FLAG,
    "linethickness": _LENGTH,
    "lspace": _LENGTH,
    "mathvariant": re.compile(r"normal"),
    "maxsize": _LENGTH,
    "minsize": _LENGTH,
    "movablelimits": _FLAG,
    "rspace": _LENGTH,
    "scriptlevel": re.compile(r"[+-]?[0-3]"),
    "separator": _FLAG,
    "stretchy": _FLAG,
    "voffset": _LENGTH,
    "width": _LENGTH,
}

#: Environments the converter lacks -> its own with the same layout; None drops the wrapper.
_ENVIRONMENTS: dict[str, str | None] = {
    "align": "align*",
    "aligned": "align*",
    "dcases": "cases",
    "equation": None,
    "equation*": None,
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "displaymath": None,
    "math": None,
}
_KNOWN_ENVIRONMENTS = frozenset(
    [
        "align*",
        "array",
        "Bmatrix",
        "bmatrix",
        "cases",
        "matrix",
        "pmatrix",
        "smallmatrix",
        "split",
        "Vmatrix",
        "vmatrix",
    ]
)
#: Extra space between rows, which the converter would print.
_ROW_SPACE = re.compile(r"\\\\\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|mu)\s*\]")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}")

#: Definitions would let a short formula grow without bound; the rest are links, styles and foreign text.
_REFUSED_COMMAND = re.compile(
    r"\\(def|let|newcommand|renewcommand|providecommand|DeclareMathOperator|newenvironment|renewenvironment"
    r"|href|style|class|unicode)(?![A-Za-z])"
)

#: All that the converter was seen to raise on 60,000 random formulas: its own errors have no common base.
_LATEX_ERRORS: tuple[type[Exception], ...] = (
    exceptions.DenominatorNotFoundError,
    exceptions.DoubleSubscriptsError,
    exceptions.DoubleSuperscriptsError,
    exceptions.ExtraLeftOrMissingRightError,
    exceptions.InvalidAlignmentError,
    exceptions.InvalidStyleForGenfracError,
    exceptions.InvalidWidthError,
    exceptions.LimitsMustFollowMathOperatorError,
    exceptions.MissingEndError,
    exceptions.MissingSuperScriptOrSubscriptError,
    exceptions.NoAvailableTokensError,
    exceptions.NumeratorNotFoundError,
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)


def _own_environment(match: re.Match[str]) -> str:
    name = match[2]
    renamed = _ENVIRONMENTS.get(name, name)
    if renamed is None:
        return ""
    if renamed not in _KNOWN_ENVIRONMENTS:
        raise ValueError(f"environment {name} is not known")
    return f"\\{match[1]}{{{renamed}}}"


def _plain_tree(root: Element) -> None:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > MAX_DEPTH or len(element) != _N_CHILDREN.get(element.tag, len(element)):
            raise ValueError(f"{element.tag} at depth {depth} with {len(element)} parts")
        _plain_element(element)
        waiting += [(child, depth + 1) for child in element]


def _plain_element(element: Element) -> None:
    """Bring one element of the converter to the allow-list: its text and its attributes, in place."""
    # The converter writes characters as references inside text nodes.
    element.text = unescape(element.text or "")
    if element.tag == "mi" and len(element.text) > 1 and element.text.startswith("\\"):
        raise ValueError(f"command {element.text} is not known")
    classes = []
    if element.tag == "menclose":
        element.tag = "mrow"
        classes.append("math-strike" if "strike" in element.get("notation", "") else "math-box")
    if element.get("columnalign") in {"left", "right"}:
        classes.append(f"math-{element.get('columnalign')}")
    kept = {name: value for name, value in element.attrib.items() if _allowed(name, value)}
    element.attrib.clear()
    element.attrib.update(kept)
    if classes:
        element.set("class", " ".join(classes))


def _allowed(name: str, value: str) -> bool:
    return name in ATTRIBUTES and ATTRIBUTES[name].fullmatch(value) is not None


def mathml(latex: str, *, display: bool) -> str | None:
    """Return ``latex`` as one ``<math>`` element, or None when it cannot be shown faithfully.

    None means: not LaTeX, a command or an environment that we cannot draw, a definition, or more than
    `MAX_FORMULA` characters. It never raises on any text.
    """
    if len(latex) > MAX_FORMULA or not latex.strip() or _REFUSED_COMMAND.search(latex):
        return None
    try:
        root = convert_to_element(_ENVIRONMENT.sub(_own_environment, _ROW_SPACE.sub(r"\\\\", latex)))
        root.set("display", "block" if display else "inline")
        _plain_tree(root)
        return tostring(root, encoding="unicode")
    except _LATEX_ERRORS:
        return None


def math_css() -> str:
    """Return the rules for what browsers do not draw from MathML attributes alone."""
    stripe = "transparent 46%, currentColor 46% 54%, transparent 54%"
    return (
        ".output .math-box { border: 1px solid; padding: .15em .3em }\n"
        f".output .math-strike {{ background: linear-gradient(to top right, {stripe}) }}\n"
        ".output mtd.math-left { text-align: left }\n"
        ".output mtd.math-right { text-align: right }\n"
        ".output mtd.math-right:has(+ mtd.math-left) { padding-right: 0 }\n"
        ".output mtd.math-right + mtd.math-left { padding-left: 0 }\n"
    )

"""Code in an output, coloured by CSS classes.

The roles are few and named by meaning (``hl-keyword``), so the page needs ten rules, not a theme.
"""

from html import escape

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, String, _TokenType

#: Longer blocks stay plain: several lexers need time quadratic in the length of hostile text
#: (measured: 1.7 s for 12,000 characters).
MAX_BLOCK = 8_000

#: What a fence may say -> the lexer that reads it. Only lexers that passed a timing trial on hostile text
#: are here. C#, Java, Groovy and TypeScript borrow a cousin, because their own lexers took up to minutes.
LEXERS = {
    "bash": "bash",
    "sh": "bash",
    "shell": "bash",
    "zsh": "bash",
    "c": "c",
    "h": "c",
    "cpp": "cpp",
    "c++": "cpp",
    "csharp": "cpp",
    "c#": "cpp",
    "cs": "cpp",
    "java": "cpp",
    "groovy": "cpp",
    "css": "css",
    "dart": "dart",
    "diff": "diff",
    "patch": "diff",
    "dockerfile": "docker",
    "elixir": "elixir",
    "fortran": "fortran",
    "go": "go",
    "golang": "go",
    "graphql": "graphql",
    "haskell": "haskell",
    "html": "html",
    "svg": "xml",
    "xml": "xml",
    "ini": "ini",
    "javascript": "javascript",
    "js": "javascript",
    "jsx": "javascript",
    "typescript": "javascript",
    "ts": "javascript",
    "tsx": "javascript",
    "json": "json",
    "julia": "julia",
    "kotlin": "kotlin",
    "latex": "latex",
    "tex": "latex",
    "lua": "lua",
    "matlab": "matlab",
    "perl": "perl",
    "php": "php",
    "powershell": "powershell",
    "protobuf": "protobuf",
    "python": "python",
    "python3": "python",
    "py": "python",
    "pycon": "pycon",
    "r": "r",
    "ruby": "ruby",
    "rb": "ruby",
    "rust": "rust",
    "rs": "rust",
    "scala": "scala",
    "scheme": "scheme",
    "sql": "sql",
    "swift": "swift",
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
}

#: The nearest ancestor of a Pygments token decides its role; what has none is plain.
ROLES: dict[_TokenType, str] = {
    Comment: "comment",
    Keyword: "keyword",
    Keyword.Type: "type",
    String: "string",
    Number: "number",
    Name.Class: "type",
    Name.Function: "function",
    Name.Decorator: "function",
    Name.Builtin: "builtin",
    Name.Exception: "type",
    Name.Tag: "tag",
    Name.Attribute: "builtin",
    Generic.Heading: "type",
    Generic.Subheading: "function",
    Generic.Inserted: "inserted",
    Generic.Deleted: "deleted",
    Generic.Prompt: "comment",
    Generic.Traceback: "deleted",
}

#: role -> (light, dark); ``pre`` and ``text`` are the ground and the plain code on it.
COLOURS = {
    "pre": ("#f5f6f8", "#14171c"),
    "text": ("#1f2430", "#e4e7ec"),
    "comment": ("#5c6570", "#98a2b0"),
    "keyword": ("#a3184f", "#ff8fb1"),
    "type": ("#7a4a00", "#f0bf6a"),
    "string": ("#1a5c38", "#8fd6a4"),
    "number": ("#0b5394", "#83c0ff"),
    "function": ("#5a36a8", "#c9b0ff"),
    "builtin": ("#005f6b", "#74d3e0"),
    "tag": ("#a3184f", "#ff8fb1"),
    "inserted": ("#1a5c38", "#8fd6a4"),
    "deleted": ("#a11d1d", "#ff9c94"),
}

CLASSES = frozenset(f"hl-{role}" for role in ROLES.values())


def _role(token: _TokenType) -> str:
    for ancestor in reversed(token.split()):
        if ancestor in ROLES:
            return ROLES[ancestor]
    return ""


def _runs(code: str, lexer_name: str) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    # Without these options Pygments trims the code and adds a line end of its own.
    for token, text in get_lexer_by_name(lexer_name, stripnl=False, ensurenl=False).get_tokens(code):
        role = _role(token)
        if runs and (runs[-1][0] == role or not text.strip()):
            runs[-1] = (runs[-1][0], runs[-1][1] + text)
        else:
            runs.append((role, text))
    return runs


def highlight(code: str, language: str) -> str:
    """Return ``code`` as escaped HTML, its tokens in ``<span class="hl-…">``.

    A language without a lexer in `LEXERS`, or more than `MAX_BLOCK` characters, gives the code without spans.
    The text of the result is always exactly ``code``.
    """
    lexer_name = LEXERS.get(language.lower())
    if lexer_name is None or len(code) > MAX_BLOCK:
        return escape(code, quote=False)
    return "".join(
        f'<span class="hl-{role}">{escape(text, quote=False)}</span>' if role else escape(text, quote=False)
        for role, text in _runs(code, lexer_name)
    )


def pygments_css() -> str:
    """Return the class rules for light and for dark, every colour at least 4.5:1 on the block's ground."""
    rules = []
    for scope, theme in ((".output", 0), (".dark .output", 1)):
        rules.append(
            f"{scope} pre {{ background: {COLOURS['pre'][theme]}; color: {COLOURS['text'][theme]} }}"
        )
        rules += [
            f"{scope} .hl-{role} {{ color: {colours[theme]} }}"
            for role, colours in COLOURS.items()
            if role not in {"pre", "text"}
        ]
    return "\n".join(rules) + "\n"

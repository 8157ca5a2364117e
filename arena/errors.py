"""Every error the arena raises on purpose.

::

    ArenaError                     code, message
    ├── Malformed                  the request cannot be read
    ├── Invalid                    it can be read, a value is not allowed
    ├── Forbidden                  not for this voter, or not yet
    │   ├── VoterRequired
    │   ├── BadOrigin
    │   └── NotRevealed
    ├── NotFound
    ├── Conflict                   the state says no
    ├── Gone                       too late
    ├── TooLarge
    ├── TooManyRequests            retry_after seconds
    ├── NotConfirmed               the outcome of the commit is unknown: send it again
    ├── NotComputed                a board has votes that give no table
    ├── WorkerStopped              the process serves pages and publishes nothing
    ├── CatalogError               file and line of the data files
    └── BadRows                    rows of a file that was to be imported

An error knows its code and its sentence, never an HTTP status: the edges translate.
"""

from collections.abc import Sequence
from pathlib import Path


class ArenaError(Exception):
    """A refusal with a stable ``code`` and a sentence a person can act on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Malformed(ArenaError):
    """The request cannot be read."""


class Invalid(ArenaError):
    """The request can be read; one of its values is not allowed."""


class Forbidden(ArenaError):
    """Not for this voter, or not yet."""


class VoterRequired(Forbidden):
    """No valid voter cookie came with the request."""

    def __init__(self) -> None:
        super().__init__(
            "voter_required",
            "Voting needs one cookie. Allow cookies for this site and reload the page; "
            "scripts get one from POST /api/v1/voters.",
        )


class BadOrigin(Forbidden):
    """A browser sent the request from another site."""

    def __init__(self, origin: str) -> None:
        super().__init__("bad_origin", f"Requests from {origin} are not accepted here.")


class NotRevealed(Forbidden):
    """The names of this battle may not be shown to this voter (yet)."""

    def __init__(self, message: str) -> None:
        super().__init__("not_revealed", message)


class NotFound(ArenaError):
    """No such thing, or not yours: one answer for both."""


class Conflict(ArenaError):
    """The state of the thing does not allow it."""


class Gone(ArenaError):
    """It was possible, and is no longer."""


class TooLarge(ArenaError):
    """The request's body is larger than what is read."""

    def __init__(self, limit: int) -> None:
        super().__init__("too_large", f"The request is larger than {limit:,} bytes.")


class TooManyRequests(ArenaError):
    """The rate limit is reached; ``retry_after`` says in how many seconds to come back."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too_many_requests", f"Too many requests. Try again in {retry_after} s.")
        self.retry_after = retry_after


class NotConfirmed(ArenaError):
    """The database did not confirm; nobody knows whether it was stored."""

    def __init__(self) -> None:
        super().__init__(
            "not_confirmed",
            "The database did not confirm this. Send the same request again: it is never counted twice.",
        )


class NotComputed(ArenaError):
    """The votes of a board give no table; its last snapshot stands."""

    def __init__(self, category: str, origin: str, reason: str) -> None:
        super().__init__("not_computed", f"The board {category} ({origin}) cannot be computed: {reason}.")


class WorkerStopped(ArenaError):
    """The worker of this process ended by an error; it comes back with the process."""

    def __init__(self) -> None:
        super().__init__("worker_stopped", "The worker stopped: no board is published. Restart the process.")


class EndpointRefused(ArenaError):
    """The endpoint that makes outputs refuses every request: key, address, name, or its limit."""

    def __init__(self, message: str) -> None:
        super().__init__("endpoint", f"The endpoint gives no outputs: {message}")


class CatalogError(ArenaError):
    """A data file is wrong; the message names file and line."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        where = str(path) if line is None else f"{path}:{line}"
        super().__init__("catalog", f"{where}: {message}")
        self.path = path
        self.line = line


class BadRows(ArenaError):
    """Rows of a file that was to be imported are wrong; all are listed and nothing was taken in."""

    def __init__(self, rows: Sequence[str]) -> None:
        number = "1 row is" if len(rows) == 1 else f"{len(rows)} things are"
        super().__init__("bad_rows", "\n".join([f"{number} wrong, and nothing was imported:", *rows]))
        self.rows = tuple(rows)

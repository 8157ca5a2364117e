"""The application's settings: environment variables with the prefix ``ARENA_``."""

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Profile = Literal["public", "local"]
SECRET_LENGTH = 32


class Settings(BaseSettings):
    """What an operator can change. Nothing reads the environment but this module."""

    model_config = SettingsConfigDict(env_prefix="ARENA_", frozen=True, extra="forbid")

    profile: Profile = Field(
        default="public",
        description="public: rate limits, published evidence floor, snapshots in batches. "
        "local: no limits, a snapshot after every vote, one person may do all.",
    )
    data_dir: Path = Field(
        default=Path("arena-data"), description="Folder for the database file and the secret."
    )
    database_url: str | None = Field(
        default=None,
        pattern=r"^(postgres|postgresql|postgresql\+psycopg|sqlite)://",
        description="PostgreSQL URL; without it an SQLite file in the data folder is used.",
    )
    catalog_dir: Path | None = Field(
        default=None,
        description="Folder that holds prompts/ and pregenerated/; without it the shipped catalog.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port to listen on.")
    secret: SecretStr | None = Field(
        default=None,
        min_length=SECRET_LENGTH,
        description="Key that signs the voter cookie, 32 characters or more; "
        "without it one is made once and kept in the data folder. Replicas must share it.",
    )
    secure_cookies: bool = Field(
        default=False, description="Send cookies over HTTPS only. Set it wherever the site has HTTPS."
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=8,
        description="Number of reverse proxies in front whose X-Forwarded-For entry is believed.",
    )
    requests_per_minute: int = Field(default=240, ge=1, description="Writes one voter may send in a minute.")
    address_requests_per_minute: int = Field(
        default=1200, ge=1, description="Writes one network address may send in a minute."
    )
    new_voters_per_hour: int = Field(
        default=60, ge=1, description="New voters from one network address in an hour."
    )
    worker: bool = Field(default=True, description="Publish snapshots from the serving process.")

    @property
    def url(self) -> str:
        """Database URL in SQLAlchemy's form."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'arena.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def is_local(self) -> bool:
        """Whether one person may do all, without limits."""
        return self.profile == "local"


def signing_key(settings: Settings) -> str:
    """Return the key that signs voter cookies, making and keeping one if none is set.

    Raises
    ------
    OSError
        If the key that is kept is no whole one.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "secret"
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    key = path.read_text(encoding="ascii")
    # Cut short by a crash, or not written yet by a process that starts beside this one: anybody could sign.
    if len(key) < SECRET_LENGTH:
        raise OSError(f"{path} holds fewer than {SECRET_LENGTH} characters; remove it and start again")
    return key


def endpoint_key(variable: str) -> SecretStr | None:
    """Return the key of an endpoint that makes outputs, from the variable that holds it."""
    key = os.environ.get(variable)
    return SecretStr(key) if key else None

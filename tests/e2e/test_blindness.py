"""Nothing sent before a vote tells who made an output: crawl everything, in-process and in a real browser.

What is looked for: names, slugs, families, providers, stable output ids, content hashes.
"""

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Page, Route
from sqlmodel import select

from arena.app import app_over
from arena.core.catalog import shipped_catalog
from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.db.tables import Asset, Contestant, Output, Prompt, Reference
from tests.e2e.voting import choices_open, open_battle
from tests.factories import CONTESTANTS, add_references, take_in, write_catalog

PAGES = ["/", "/?category=poems", "/categories", "/data", "/about", "/leaderboard"]
OTHER = [
    "/config", "/theme.css", "/info", "/api/openapi.json", "/api/v1/categories", "/health/ready",
    "/gradio_api/config", "/gradio_api/info", "/gradio_api/theme.css", "/gradio_api/startup-events",
    "/gradio_api/app_id", "/gradio_api/openapi.json", "/favicon.ico", "/manifest.json", "/robots.txt",
    "/categories/config", "/leaderboard/config", "/media/x/a",
]  # fmt: skip
#: Shorter names come up by chance between the bytes of compressed pixels.
LONG_ENOUGH = 5
METADATA_CHUNKS = {b"EXIF", b"XMP ", b"ICCP", b"ANIM"}


def leaks(traffic: dict[str, bytes], secrets: dict[str, str]) -> list[str]:
    """Return where a secret stands in what was sent, in any spelling of case and in base64."""
    found = []
    for place, sent in traffic.items():
        whole_text, frame = sent.lower(), without_pixels(sent).lower()
        for what, secret in secrets.items():
            text = whole_text if len(secret) >= LONG_ENOUGH else frame
            needle = re.escape(secret.lower().encode())
            encoded = base64.b64encode(secret.encode()).rstrip(b"=")[:-1].lower()
            # In prose a short slug may be a part of a word; between bytes of an image nothing is a word.
            whole = needle if "/media/" in place else rb"(?<![a-z0-9])" + needle + rb"(?![a-z0-9])"
            if re.search(whole, text) or encoded in text:
                found.append(f"{what} {secret!r} in {place}")
    return found


def without_pixels(sent: bytes) -> bytes:
    """Return an answer without the compressed pixels of a lossless WebP image, if it holds one."""
    start = sent.find(b"VP8L")
    if start < 0:
        return sent
    length = int.from_bytes(sent[start + 4 : start + 8], "little")
    return sent[:start] + sent[start + 8 + length :]


def secrets_of(context: Context) -> dict[str, str]:
    """Return everything that would tell who made an output, as the database knows it."""
    secrets = {}
    with context.query() as session:
        for row in session.exec(select(Contestant)):
            for what in ("slug", "name", "family", "provider"):
                secrets[f"{what} of {row.slug}"] = str(getattr(row, what))
        for output in session.exec(select(Output)):
            secrets[f"content digest of output {output.id}"] = output.content_digest
        for reference in session.exec(select(Reference)):
            secrets[f"content digest of reference {reference.prompt_id}"] = reference.content_digest
        for asset in session.exec(select(Asset)):
            secrets[f"asset digest {asset.digest[:8]}"] = asset.digest
            for algorithm in ("md5", "sha1", "blake2b"):
                name = f"{algorithm} of asset {asset.digest[:8]}"
                secrets[name] = hashlib.new(algorithm, asset.body).hexdigest()
    return secrets


def sent_by(response) -> bytes:
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return str(response.url).encode() + b"\n" + headers.encode() + b"\n" + response.content


def crawl(client: TestClient, categories: list[str]) -> dict[str, bytes]:
    """Ask for everything a visitor is sent before a vote."""
    traffic = {path: sent_by(client.get(path)) for path in PAGES + OTHER}
    for page in PAGES:
        for asset in set(re.findall(rb'(?:src|href)="(\.?/?(?:assets|static)/[^"]+)"', traffic[page])):
            path = "/" + asset.decode().lstrip("./")
            traffic.setdefault(path, sent_by(client.get(path)))
    for category in categories:
        answer = client.post("/api/v1/battles", json={"category": category, "n": 5})
        assert answer.status_code == 200, answer.text
        traffic[f"battles of {category}"] = sent_by(answer)
        for battle in answer.json()["battles"]:
            for action, body in (("shown", {}), ("reveal", {}), ("vote", {"choice": "nobody"})):
                path = f"/api/v1/battles/{battle['id']}/{action}"
                traffic[path] = sent_by(client.post(path, json=body))
            for part in ("a", "b", "reference"):
                path = f"/media/{battle['id']}/{part}"
                traffic[path] = sent_by(client.get(path))
    return traffic


@pytest.fixture
def poems_and_pictures(context: Context, tmp_path: Path) -> Context:
    root = write_catalog(tmp_path / "catalog")
    add_references(root, text="What the poems are about.", shown="beside", credit="Told by Ida")
    write_catalog(root, slug="pictures", modality="image")
    add_references(root, "pictures", asset="scene.png", shown="hold", credit="Painted by Ida")
    take_in(context, root)
    return context


@pytest.fixture
def visitor_client(poems_and_pictures: Context) -> Iterator[TestClient]:
    with TestClient(app_over(poems_and_pictures)) as client:
        client.get("/")
        yield client


def test_nothing_sent_before_a_vote_tells_who_made_an_output(
    visitor_client: TestClient, poems_and_pictures: Context
):
    traffic = crawl(visitor_client, ["poems", "pictures"])
    assert sum(place.startswith("/media/") for place in traffic) >= 10
    assert leaks(traffic, secrets_of(poems_and_pictures)) == []


def test_a_battle_carries_no_number_of_an_output_or_prompt(visitor_client: TestClient):
    """Database ids are small numbers and cannot be searched for as text: the shape is checked instead."""
    (battle, *_) = visitor_client.post("/api/v1/battles", json={"category": "pictures"}).json()["battles"]
    assert re.fullmatch("[0-9a-f]{32}", battle["id"])
    for part in ("a", "b", "reference"):
        image = {"kind": "image", "url": f"/media/{battle['id']}/{part}", "width": 64, "height": 48}
        told = {"shown": "hold", "credit": "Painted by Ida"} if part == "reference" else {}
        assert battle[part] == image | told


def test_media_carry_the_agreed_headers_and_pixels_only(visitor_client: TestClient):
    (battle, *_) = visitor_client.post("/api/v1/battles", json={"category": "pictures"}).json()["battles"]
    for part in ("a", "b", "reference"):
        response = visitor_client.get(battle[part]["url"], headers={"Range": "bytes=0-9"})
        assert response.status_code == 200
        assert set(response.headers) == {
            "content-type", "content-length", "cache-control", "x-content-type-options",
            "content-security-policy", "referrer-policy",
        }  # fmt: skip
        assert response.headers["cache-control"] == "private"
        assert not METADATA_CHUNKS & set(re.findall(b"EXIF|XMP |ICCP|ANIM", response.content))
        assert Image.open(io.BytesIO(response.content)).size == (64, 48)


def test_a_reference_that_comes_with_the_names_leaves_no_trace_before(context: Context, tmp_path: Path):
    root = write_catalog(tmp_path / "catalog", modality="image", slug="pictures")
    add_references(root, "pictures", asset="scene.png", shown="after_vote", credit="Painted by Ida")
    take_in(context, root)
    with TestClient(app_over(context)) as client:
        client.get("/")
        traffic = crawl(client, ["pictures"])
        assert not [place for place, sent in traffic.items() if b"Ida" in sent]
        asked = [place for place in traffic if place.endswith("/reference")]
        (battle, *_) = client.post("/api/v1/battles", json={"category": "pictures"}).json()["battles"]
        assert battle["reference"] is None
        assert len(asked) == 5
        assert {client.get(place).json()["error"]["code"] for place in asked} == {"not_revealed"}
        client.post(f"/api/v1/battles/{battle['id']}/vote", json={"choice": "a"})
        told = client.post(f"/api/v1/battles/{battle['id']}/reveal").json()["reference"]
        assert client.get(told["url"]).headers["content-type"] == "image/webp"


def test_two_battles_with_the_same_output_have_different_addresses(visitor_client: TestClient):
    addresses = set()
    for _ in range(3):
        for battle in visitor_client.post("/api/v1/battles", json={"category": "pictures", "n": 5}).json()[
            "battles"
        ]:
            addresses |= {battle["a"]["url"], battle["b"]["url"]}
            visitor_client.post(f"/api/v1/battles/{battle['id']}/vote", json={"choice": "tie"})
    assert len(addresses) >= 10


@pytest.mark.parametrize(
    "channel", ["prompt", "language", "output", "image", "header", "reference", "credit"]
)
def test_the_crawl_notices_a_planted_name(
    visitor_client: TestClient, poems_and_pictures: Context, channel: str
):
    """The canary: a contestant's slug is put into one channel at a time."""
    secret = CONTESTANTS[1]
    plant(poems_and_pictures, channel, secret)
    client = visitor_client
    if channel == "header":
        client = TestClient(TellingHeader(visitor_client.app, secret), cookies=visitor_client.cookies)
    found = leaks(crawl(client, ["poems", "pictures"]), secrets_of(poems_and_pictures))
    assert any(repr(secret) in leak for leak in found)


class TellingHeader:
    """An ASGI middleware that tells a name in a header."""

    def __init__(self, app, secret: str) -> None:
        self.app, self.secret = app, secret

    async def __call__(self, scope, receive, send) -> None:
        async def tell(message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-made-by", self.secret.encode())]
            await send(message)

        await self.app(scope, receive, tell)


def plant(context: Context, channel: str, secret: str) -> None:
    """Put a name where voters are sent it."""
    with context.command() as session:
        for prompt in session.exec(select(Prompt)):
            prompt.html += f"<p data-x='{secret}'></p>" if channel == "prompt" else ""
            prompt.language += f"-{secret}" if channel == "language" else ""
        for reference in session.exec(select(Reference)):
            if reference.html is not None:
                reference.html += f"<!-- {secret} -->" if channel == "reference" else ""
            reference.credit = f"after {secret}" if channel == "credit" else None
        for output in session.exec(select(Output).where(Output.html.is_not(None))):
            output.html += f"<!-- {secret} -->" if channel == "output" else ""
        for asset in session.exec(select(Asset)):
            asset.body += b"EXIF" + secret.encode() if channel == "image" else b""
        session.commit()


def test_gradio_gives_nothing_but_what_our_pages_need(visitor_client: TestClient):
    closed = [
        "upload", "file=/etc/passwd", "call/load", "queue/join", "queue/data", "run/load", "component_server",
        "info", "openapi.json", "deep_link", "stream/x", "proxy=https://example.org", "config", "api",
    ]  # fmt: skip
    for path in closed:
        for method in ("GET", "POST"):
            answer = visitor_client.request(
                method, f"/gradio_api/{path}", json={} if method == "POST" else None
            )
            assert answer.status_code == 404, path


def test_the_policy_stands_on_pages_and_api(visitor_client: TestClient):
    page = visitor_client.get("/").headers["Content-Security-Policy"]
    assert "object-src 'none'" in page
    assert "connect-src 'self'" in page
    api = visitor_client.get("/api/v1/categories").headers["Content-Security-Policy"]
    assert "unsafe" not in api


# In a real browser, on the shipped catalog


def shipped_secrets() -> dict[str, str]:
    catalog = load_catalog([shipped_catalog()])
    secrets = {}
    for spec in catalog.contestants.values():
        for what in ("slug", "name", "family", "provider"):
            value = str(getattr(spec, what))
            # The site's own name is on every page and is the provider of what was written for it.
            if not value.startswith("Paragone"):
                secrets[f"{what} of {spec.slug}"] = value
    return secrets


def test_a_browser_is_sent_no_name_before_it_votes(page: Page):
    traffic: dict[str, bytes] = {}

    def keep(route: Route) -> None:
        if "/heartbeat/" in route.request.url:  # never ends
            route.continue_()
            return
        response = route.fetch()
        # The program of Gradio and its fonts are the same for every site and hold words of all kinds.
        if not re.search("/(assets|static)/", response.url):
            headers = json.dumps(response.headers).encode()
            traffic[f"{route.request.method} {response.url} {len(traffic)}"] = headers + response.body()
        route.fulfill(response=response)

    page.route("**/*", keep)
    for category in ("explain-simply", "plot-defaults", "image-codecs", "practice"):
        open_battle(page, category)
        choices_open(page)
    for path in ("/categories", "/data", "/about"):
        page.goto(path)
        page.locator("h1").first.wait_for()
    assert any("/media/" in place for place in traffic)
    assert any("/api/v1/battles" in place for place in traffic)
    assert leaks(traffic, shipped_secrets()) == []
    page.unroute_all(behavior="ignoreErrors")

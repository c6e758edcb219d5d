"""A source that is what it was is only observed: by ETag or Last-Modified, by the catalogue, or by its own SHA-256."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dagster import materialize
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake import board_files, branch_files
from oso_pipeline.intake.branch_files import FILE_NAMES
from oso_pipeline.intake.nightly import bodies_hash, snapshot_rows
from oso_pipeline.intake.registry import Taken, fetch_registry
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.settings import load_settings

pytestmark = pytest.mark.usefixtures("one_try")

HEADER = "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;GEMEENTENUMMER;GEMEENTENAAM"
BODY = f"{HEADER}\nFriesland;10249;00AH;00AH00;De Zwaluw;Kerkstraat;3;9999 AA;DOKKUM;1970;DOKKUM\n"
OTHER = BODY.replace("Zwaluw", "Uil")
BOARDS = '"BEVOEGD GEZAG NUMMER","BEVOEGD GEZAG NAAM"\n"10249","Stichting Een"\n'
NAME = FILE_NAMES["po"][0]
NIGHT = timedelta(days=1)


def take(httpserver: HTTPServer, store: SnapshotStore, at: datetime, tables: str = "po") -> list[Taken]:  # fmt: skip
    base = httpserver.url_for("/")
    settings = load_settings(registry_tables=tables, duo_base_url=base, ckan_base_url=base)
    return fetch_registry(settings, store, at=at, oldest_fallback=timedelta(days=35))


def seen_again(taken: list[Taken]) -> list[Taken]:
    """The same snapshots, seen a night later."""
    return [replace(one, seen_at=one.seen_at + NIGHT) for one in taken]


class Site:
    """A file at one address that answers 304 to who knows it; `asked` are the headers of the requests."""

    def __init__(self, httpserver: HTTPServer, **validators: str) -> None:
        self.asked: list[dict[str, str]] = []
        self.body, self.validators = BODY, validators
        httpserver.expect_request(f"/{NAME}").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.asked.append({k: v for k, v in request.headers.items() if k.startswith("If-")})
        known = self.asked[-1].get("If-None-Match") or self.asked[-1].get("If-Modified-Since")
        if known in self.validators.values():
            return Response(status=304)
        return Response(self.body, headers=self.validators)


def test_a_body_that_the_server_calls_the_same_is_not_sent_and_counts_as_seen(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    site = Site(httpserver, ETag='"v1"')
    (first,) = take(httpserver, store, at)
    (again,) = take(httpserver, store, at + NIGHT)
    assert site.asked == [{}, {"If-None-Match": '"v1"'}]
    assert again == replace(first, seen_at=at + NIGHT)
    assert store.last_seen_at(store.get("po", first.snapshot_id)) == at + NIGHT
    assert len([*store._raw.glob("po/2*")]) == 1


def test_a_day_is_no_tag_for_a_file_that_was_put_back_has_an_older_one(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    site = Site(httpserver, **{"Last-Modified": "Mon, 02 Nov 2026 05:30:00 GMT"})
    (first,) = take(httpserver, store, at)
    (same,) = take(httpserver, store, at + NIGHT)
    assert same == replace(first, seen_at=at + NIGHT)
    site.body, site.validators = OTHER, {"Last-Modified": "Sun, 01 Nov 2026 05:30:00 GMT"}
    (other,) = take(httpserver, store, at + 2 * NIGHT)
    assert site.asked == [{}, {}, {}]
    assert other.sha256 != first.sha256


def test_a_body_that_comes_back_is_the_snapshot_that_it_was(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    site = Site(httpserver)
    (first,) = take(httpserver, store, at)
    site.body = OTHER
    take(httpserver, store, at + NIGHT)
    site.body = BODY
    (back,) = take(httpserver, store, at + 2 * NIGHT)
    assert back == replace(first, seen_at=at + 2 * NIGHT)
    newest = store.newest("po")
    assert newest is not None
    assert newest.snapshot_id == first.snapshot_id
    assert len(store.all_of("po")) == 2


def test_a_snapshot_that_was_damaged_is_fetched_anew_and_never_stands_in(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    Site(httpserver, ETag='"v1"')
    (first,) = take(httpserver, store, at)
    body = next(store._raw.glob("po/2*/body"))
    body.write_bytes(body.read_bytes().replace(b"A", b"B", 1))
    (again,) = take(httpserver, store, at + NIGHT)
    assert again.sha256 == first.sha256
    assert store.newest_that_is_whole("po") == store.get("po", again.snapshot_id)


def test_another_body_is_taken_whatever_was_known(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    site = Site(httpserver, ETag='"v1"')
    (first,) = take(httpserver, store, at)
    site.body, site.validators = OTHER, {"ETag": '"v2"'}
    (second,) = take(httpserver, store, at + NIGHT)
    assert second.sha256 != first.sha256


def test_without_a_validator_the_body_itself_says_that_it_is_the_same_and_is_not_parsed_again(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site(httpserver)
    (first,) = take(httpserver, store, at)
    looked_at: list[str] = []
    monkeypatch.setattr(branch_files, "read_written", lambda *_: looked_at.append("again"))
    assert take(httpserver, store, at + NIGHT) == seen_again([first])
    assert looked_at == []


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_what_is_kept_and_damaged_is_asked_for_whole(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, damage: str
) -> None:
    site = Site(httpserver, ETag='"v1"')
    (first,) = take(httpserver, store, at)
    body = store._raw / "po" / first.snapshot_id / "body"
    if damage == "gone":
        body.unlink()
    else:
        body.write_bytes(body.read_bytes()[:-1])
    take(httpserver, store, at + NIGHT)
    assert site.asked == [{}, {}]
    newest = store.newest_whole("po")
    assert newest is not None
    assert store.body(newest).decode() == BODY


def test_not_modified_to_one_who_knows_nothing_is_no_answer(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    httpserver.expect_request(f"/{NAME}").respond_with_data("", status=304)
    with pytest.raises(SourceUnreadable, match="the server answered 304"):
        take(httpserver, store, at)


# ---- the catalogue


def show(httpserver: HTTPServer, **said: Any) -> None:
    """The catalogue names the boards' file; its body is there to be asked for."""
    httpserver.clear()
    resource = {"name": "besturenbo.csv", "url": httpserver.url_for("/boards.csv")} | said
    answer = {"success": True, "result": {"resources": [resource]}}
    httpserver.expect_request("/api/3/action/package_show").respond_with_json(answer)
    httpserver.expect_request("/boards.csv").respond_with_data(BOARDS)
    httpserver.expect_request(f"/{NAME}").respond_with_data(BODY)


@pytest.mark.parametrize(
    ("then", "now", "asked"),
    [
        ({"hash": "a", "size": 9}, {"hash": "a", "size": 9}, False),
        ({"hash": "a", "size": 9}, {"hash": "b", "size": 9}, True),
        ({"hash": "a", "size": 9}, {"hash": "a", "size": 8}, True),
        ({"hash": "a", "last_modified": "x"}, {"hash": "a", "last_modified": "y"}, True),
        ({"hash": "", "size": 9}, {"hash": "", "size": 9}, True),
        ({}, {}, True),
    ],
    ids=["same", "hash", "size", "modified", "no_hash", "nothing"],
)
def test_a_file_is_asked_for_unless_the_catalogue_says_that_it_is_the_one_that_is_kept(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, then: Any, now: Any, asked: bool
) -> None:
    show(httpserver, **then)
    first = take(httpserver, store, at, "po,boards")
    show(httpserver, **now)
    assert take(httpserver, store, at + NIGHT, "po,boards") == seen_again(first)
    paths = [request.path for request, _ in httpserver.log]
    assert ("/boards.csv" in paths) == asked
    newest = store.newest("boards_po")
    assert newest is not None
    assert store.last_seen_at(newest) == at + NIGHT


def test_the_same_body_under_another_hash_is_not_parsed_again(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(httpserver, hash="a")
    first = take(httpserver, store, at, "po,boards")
    show(httpserver, hash="b")
    looked_at: list[str] = []
    monkeypatch.setattr(board_files, "read_written", lambda *_: looked_at.append("again"))
    assert take(httpserver, store, at + NIGHT, "po,boards") == seen_again(first)
    assert looked_at == []


# ---- the data version


def test_the_data_version_is_that_of_the_bodies_and_not_of_the_night(at: datetime) -> None:
    def hashed(sha256: str, moment: datetime, *, fallback: bool = False) -> str:
        return bodies_hash(
            snapshot_rows([Taken("po", "id", "url", moment, moment, sha256, fallback)])
        )

    assert hashed("a", at) == hashed("a", at + NIGHT, fallback=True)
    assert hashed("a", at) != hashed("b", at)


def test_dagster_knows_the_data_version_of_the_snapshots(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    from assets.intake import registry_snapshots
    from assets.workplace import frame_io, workplace

    Site(httpserver)
    base = httpserver.url_for("/")
    settings = load_settings(data_dir=tmp_path, registry_tables="po", duo_base_url=base)
    resources = {
        "workplace": workplace(lambda: settings, demo=False),
        "io_manager": frame_io(lambda: settings),
    }
    done = materialize([registry_snapshots], resources=resources)
    (event,) = done.asset_materializations_for_node("registry_snapshots")
    newest = SnapshotStore(tmp_path / "raw").newest("po")
    assert newest is not None
    expected = bodies_hash(
        snapshot_rows([Taken.of(newest, seen_at=newest.fetched_at)])
    )  # fmt: skip
    assert (event.tags or {})["dagster/data_version"] == expected

"""registry.py: when an earlier night's snapshot may stand in, and when it may not."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from pytest_httpserver import HTTPServer

from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.branch_files import FILE_NAMES
from oso_pipeline.intake.nightly import snapshot_rows
from oso_pipeline.intake.registry import Taken, fetch_registry, read_registry, registry_sources
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.settings import load_settings

pytestmark = pytest.mark.usefixtures("one_try")

HEADER = "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;GEMEENTENUMMER;GEMEENTENAAM"
BODY = f"{HEADER}\nFriesland;10249;00AH;00AH00;De Zwaluw;Kerkstraat;3;9999 AA;DOKKUM;1970;DOKKUM\n"
ONE_NIGHT = timedelta(days=1)
MOST = timedelta(days=35)


def serve(httpserver: HTTPServer, body: str, status: int = 200, table: str = "po") -> None:
    httpserver.clear()
    for name in FILE_NAMES[table]:
        httpserver.expect_request(f"/{name}").respond_with_data(body, status=status)


def take(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, tables: str = "po"
) -> list[Taken]:
    base = httpserver.url_for("/")
    settings = load_settings(registry_tables=tables, duo_base_url=base, ckan_base_url=base)
    return fetch_registry(settings, store, at=at, oldest_fallback=MOST)


def test_what_arrives_is_kept_and_read(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, BODY)
    taken = take(httpserver, store, at)
    assert [(one.source, one.fallback, one.fetched_at) for one in taken] == [("po", False, at)]
    read = read_registry(snapshot_rows(taken), store)
    assert read["branches"]["branch_code"].to_list() == ["00AH00"]
    assert read["boards"].is_empty()
    assert read["read"]["rows_read"].to_list() == [1]


@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_earlier_snapshot_stands_in_when_no_body_arrives_and_says_so(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, status: int
) -> None:
    serve(httpserver, BODY)
    first = take(httpserver, store, at)[0]
    serve(httpserver, "no", status)
    later = take(httpserver, store, at + ONE_NIGHT)[0]
    assert (later.snapshot_id, later.fallback, later.fetched_at) == (first.snapshot_id, True, at)


def test_an_old_file_under_an_older_name_does_not_take_the_place_of_what_came_last(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, BODY)
    first = take(httpserver, store, at)[0]
    httpserver.clear()
    for name in FILE_NAMES["po"][:2]:
        httpserver.expect_request(f"/{name}").respond_with_data("no", status=404)
    httpserver.expect_request(f"/{FILE_NAMES['po'][2]}").respond_with_data(BODY.replace("Zwaluw", "Oude"))  # fmt: skip
    later = take(httpserver, store, at + ONE_NIGHT)[0]
    assert (later.snapshot_id, later.fallback) == (first.snapshot_id, True)


@pytest.mark.parametrize(
    "body", ["", "<html>Onderhoud</html>", "A;B\n1;2\n", BODY.rstrip()[:-20], "\0"]
)
def test_a_body_that_arrives_and_cannot_be_read_fails_even_with_a_snapshot_at_hand(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime, body: str
) -> None:
    serve(httpserver, BODY)
    take(httpserver, store, at)
    serve(httpserver, body)
    with pytest.raises(SourceUnreadable):
        take(httpserver, store, at + ONE_NIGHT)
    newest = store.newest("po")
    assert newest is not None
    assert newest.fetched_at == at


def test_a_forbidden_file_fails_even_with_a_snapshot_at_hand(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, BODY)
    take(httpserver, store, at)
    serve(httpserver, "no", 403)
    with pytest.raises(SourceUnreadable, match="403"):
        take(httpserver, store, at + ONE_NIGHT)


def test_a_snapshot_stands_in_only_while_it_is_younger_than_the_bound(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, BODY)
    take(httpserver, store, at)
    serve(httpserver, "no", 404)
    assert take(httpserver, store, at + MOST - timedelta(seconds=1))[0].fallback
    with pytest.raises(SourceUnreachable, match=r"last seen 35 days ago; one younger than 35 days"):
        take(httpserver, store, at + MOST)


def test_the_age_of_a_snapshot_counts_from_when_the_same_body_was_last_seen(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, BODY)
    take(httpserver, store, at)
    take(httpserver, store, at + timedelta(days=30))
    serve(httpserver, "no", 404)
    assert take(httpserver, store, at + timedelta(days=60))[0].fallback


def test_without_an_earlier_snapshot_nothing_stands_in(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, "no", 404)
    with pytest.raises(SourceUnreachable, match="no earlier snapshot that can stand in"):
        take(httpserver, store, at)


def test_every_source_that_fails_is_named_and_unreadable_weighs_most(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, "no", 404)
    httpserver.expect_request(f"/{quote(FILE_NAMES['vo'][0])}").respond_with_data("")
    with pytest.raises(SourceUnreadable) as failed:
        take(httpserver, store, at, "po,vo")
    assert {line[:3] for line in str(failed.value).splitlines()} == {"po:", "vo "}


def test_the_boards_of_the_sectors_that_are_read_are_asked_for_and_no_others() -> None:
    assert registry_sources(load_settings(registry_tables="boards,vo")) == ["vo", "boards_vo"]
    assert registry_sources(load_settings(registry_tables="po")) == ["po"]


def test_nothing_half_is_left_of_a_night_that_failed(
    httpserver: HTTPServer, store: SnapshotStore, at: datetime
) -> None:
    serve(httpserver, "")
    with pytest.raises(SourceUnreadable):
        take(httpserver, store, at)
    assert list(store._raw.glob("po/*")) == []

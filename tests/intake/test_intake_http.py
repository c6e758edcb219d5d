"""http.py: what is tried again, what is not, and what never gets in. Over real sockets."""

from __future__ import annotations

import gzip
import time
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from raw_server import says
from werkzeug import Request, Response

from oso_pipeline import clock
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.http import Arrival, Fetcher, NotFound, Patience
from oso_pipeline.intake.snapshots import Snapshot

TWICE = Patience(attempts=2, longest_wait=2.0, deadline=5.0)


def fetch(url: str, into: Path, *, cap: int = 1000, patience: Patience = TWICE) -> Arrival:
    with Fetcher([url], patience) as fetcher:
        return fetcher.download(url, into / "body", cap=cap)


def test_a_body_is_written_and_what_the_server_said_of_it_is_known(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    headers = {"ETag": '"x"', "Set-Cookie": "who=you"}
    httpserver.expect_request("/a.csv").respond_with_data("a;b\n", headers=headers)
    arrival = fetch(httpserver.url_for("/a.csv"), tmp_path)
    assert (tmp_path / "body").read_bytes() == b"a;b\n"
    assert (arrival.bytes, arrival.status, arrival.headers["etag"]) == (4, 200, '"x"')
    assert arrival.headers.keys() <= {"content-type", "content-length", "etag", "date"}


def test_the_tag_of_a_body_is_sent_to_its_own_address_only(
    httpserver: HTTPServer, tmp_path: Path, at: datetime
) -> None:
    addresses = [httpserver.url_for(f"/{name}.csv") for name in "ab"]
    known = Snapshot("po", "s1", addresses[0], addresses[0], 200, {"etag": '"x"'}, 4, "0", at, "")
    httpserver.expect_request("/b.csv").respond_with_data("a;b\n", headers={"ETag": '"x"'})
    with Fetcher(addresses, TWICE) as fetcher:
        arrival = fetcher.download(addresses[1], tmp_path / "body", cap=1000, known=known)
    assert arrival.bytes == 4
    assert "If-None-Match" not in httpserver.log[0][0].headers


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_again(
    httpserver: HTTPServer, tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_ordered_request("/a").respond_with_data("busy", status=status)
    httpserver.expect_ordered_request("/a").respond_with_data("whole")
    assert fetch(httpserver.url_for("/a"), tmp_path).bytes == 5
    assert (tmp_path / "body").read_bytes() == b"whole"
    assert f"{httpserver.url_for('/a')}: the server answered {status}; it is asked again." in caplog.messages  # fmt: skip


def test_a_server_that_stays_busy_is_unreachable_and_the_message_says_how_often_it_was_asked(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/a").respond_with_data("busy", status=503)
    with pytest.raises(SourceUnreachable, match=r"in 2 attempts.*the server answered 503"):
        fetch(httpserver.url_for("/a"), tmp_path)
    assert len(httpserver.log) == 2


def test_a_404_is_not_tried_again(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/a").respond_with_data("no", status=404)
    with pytest.raises(NotFound, match="404, there is nothing at this address"):
        fetch(httpserver.url_for("/a"), tmp_path)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [204, 301, 403, 410])
def test_any_other_answer_is_refused_and_not_tried_again(
    httpserver: HTTPServer, tmp_path: Path, status: int
) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=status)
    with pytest.raises(SourceUnreadable, match=f"answered {status}, expected 200"):
        fetch(httpserver.url_for("/a"), tmp_path)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_a_retry_after_is_obeyed(httpserver: HTTPServer, tmp_path: Path, as_date: bool) -> None:
    asked: list[float] = []

    def answer(_: Request) -> Response:
        asked.append(time.monotonic())
        if len(asked) > 1:
            return Response("whole")
        moment = clock.now() + timedelta(seconds=3)  # to the second, so 2 s or more from now
        wish = format_datetime(moment, usegmt=True) if as_date else "2"
        return Response("busy", 503, headers={"Retry-After": wish})

    httpserver.expect_request("/a").respond_with_handler(answer)
    fetch(httpserver.url_for("/a"), tmp_path, patience=Patience(attempts=2, longest_wait=4.0))
    assert asked[1] - asked[0] >= 1.9


@pytest.mark.parametrize("wish", ["3600", "Wed, 01 Jan 2200 00:00:00 GMT"])
def test_a_retry_after_that_is_too_long_ends_the_trying(
    httpserver: HTTPServer, tmp_path: Path, wish: str
) -> None:
    httpserver.expect_request("/a").respond_with_data(
        "busy", status=429, headers={"Retry-After": wish}
    )
    with pytest.raises(SourceUnreachable, match=r"in 1 attempt;.*429 and asks to wait [0-9]+ s"):
        fetch(httpserver.url_for("/a"), tmp_path)
    assert len(httpserver.log) == 1


def test_a_retry_after_that_says_nothing_is_no_reason_to_stop(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_ordered_request("/a").respond_with_data(
        "busy", status=429, headers={"Retry-After": "soon"}
    )
    httpserver.expect_ordered_request("/a").respond_with_data("whole")
    assert fetch(httpserver.url_for("/a"), tmp_path).bytes == 5


def test_nobody_listening_is_unreachable(tmp_path: Path) -> None:
    with says() as (url, _):
        pass
    with pytest.raises(SourceUnreachable, match=r"in 2 attempts.*[Cc]onnection"):
        fetch(url, tmp_path)


def test_a_content_length_that_is_not_met_is_tried_again_and_then_unreachable(
    tmp_path: Path,
) -> None:
    with says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as (url, asked):
        with pytest.raises(SourceUnreachable, match="no body arrived in 2 attempts"):
            fetch(url, tmp_path)
        assert len(asked) == 2


def test_a_slow_drip_ends_at_the_deadline_and_is_not_tried_again(tmp_path: Path) -> None:
    drip = [b"x"] * 50
    with says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", *drip, pause=0.1) as (url, asked):
        begun = time.monotonic()
        with pytest.raises(SourceUnreachable, match=r"only [0-9]+ bytes arrived in 0.5 s"):
            fetch(url, tmp_path, patience=Patience(attempts=3, deadline=0.5))
        assert time.monotonic() - begun < 3
        assert len(asked) == 1


def test_a_body_above_the_cap_is_refused_whatever_its_length_is_said_to_be(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/a").respond_with_data("x" * 1001)
    with pytest.raises(SourceUnreadable, match="larger than the 1,000 bytes"):
        fetch(httpserver.url_for("/a"), tmp_path, cap=1000)
    httpserver.expect_request("/b").respond_with_data("x" * 1000)
    assert fetch(httpserver.url_for("/b"), tmp_path, cap=1000).bytes == 1000


def test_a_packed_body_is_not_asked_for_and_a_broken_one_is_no_traceback(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/a", headers={"Accept-Encoding": "identity"}).respond_with_data(
        b"not gzip", headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(SourceUnreadable, match="cannot be unpacked"):
        fetch(httpserver.url_for("/a"), tmp_path)


def test_a_packed_body_is_capped_as_it_is_unpacked(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/a").respond_with_data(
        gzip.compress(b"x" * 5000), headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(SourceUnreadable, match="larger than"):
        fetch(httpserver.url_for("/a"), tmp_path, cap=1000)


def test_a_redirect_on_the_same_host_is_followed(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/a").respond_with_data("", 302, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data("whole")
    arrival = fetch(httpserver.url_for("/a"), tmp_path)
    assert (arrival.bytes, arrival.final_url) == (5, httpserver.url_for("/b"))
    assert arrival.url == httpserver.url_for("/a")


def test_a_redirect_to_another_host_that_is_allowed_is_followed(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    with says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole") as (url, _):
        elsewhere = url.replace("127.0.0.1", "localhost")
        httpserver.expect_request("/a").respond_with_data("", 302, headers={"Location": elsewhere})
        asked = httpserver.url_for("/a").replace("localhost", "127.0.0.1")
        with Fetcher([asked, elsewhere], TWICE) as fetcher:
            assert fetcher.download(asked, tmp_path / "body", cap=10).final_url == elsewhere


@pytest.mark.parametrize(
    "location",
    ["http://elsewhere.example/a", "https://127.0.0.1/a", "//elsewhere.example/a", "ftp://x/a"],
)
def test_a_redirect_to_another_host_or_scheme_is_refused_and_not_followed(
    httpserver: HTTPServer, tmp_path: Path, location: str
) -> None:
    httpserver.expect_request("/a").respond_with_data("", 302, headers={"Location": location})
    url = httpserver.url_for("/a").replace("localhost", "127.0.0.1")
    with pytest.raises(SourceUnreadable, match="not at a host that may be asked"):
        fetch(url, tmp_path)
    assert len(httpserver.log) == 1


def test_a_source_of_one_host_may_not_be_sent_to_another_by_the_scheme_of_a_third(
    tmp_path: Path,
) -> None:
    with (
        Fetcher(["https://duo.example/", "http://127.0.0.1/"], TWICE) as fetcher,
        pytest.raises(SourceUnreadable, match="not at a host that may be asked"),
    ):
        fetcher.download("http://duo.example/a", tmp_path / "body", cap=10)


def test_a_redirect_to_what_is_no_address_is_refused(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/a").respond_with_data("", 302, headers={"Location": "javascript:alert(1)"})  # fmt: skip
    url = httpserver.url_for("/a")
    with pytest.raises(SourceUnreadable, match="sent on to what is no address"):
        fetch(url, tmp_path)
    with Fetcher([url]) as fetcher, pytest.raises(SourceUnreadable, match=r"HEAD .*no address"):
        fetcher.look(url)


def test_going_round_in_redirects_ends(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/a").respond_with_data("", 302, headers={"Location": "/a"})
    with pytest.raises(SourceUnreadable, match="sent on more than 5 times"):
        fetch(httpserver.url_for("/a"), tmp_path)


@pytest.mark.parametrize("url", ["http://[bad/", "not an address", "http://127.0.0.1:x/", ""])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with (
        Fetcher(["http://127.0.0.1/"], TWICE) as fetcher,
        pytest.raises(SourceUnreadable, match="not at a host"),
    ):
        fetcher.download(url, tmp_path / "body", cap=10)

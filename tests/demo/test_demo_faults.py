from __future__ import annotations

import csv
import hashlib
import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from oso_pipeline.demo.faults import FAULTS, SOURCES, fault_for
from oso_pipeline.demo.formats import FILE_NAMES
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.sheets import Sheet

PO = FILE_NAMES["today"]["po"]


@pytest.fixture
def server(country: Path) -> Iterator[RegistryServer]:
    with RegistryServer(country) as running:
        yield running


def whole(country: Path) -> bytes:
    return (country / "duo" / PO).read_bytes()


def po(server: RegistryServer, fault: str) -> httpx.Response:
    server.set_fault("po", fault)
    return httpx.get(server.duo_base_url + PO)


def rows(body: bytes, encoding: str = "cp1252") -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO(body.decode(encoding), newline=""), delimiter=";", strict=True)
    )


def test_a_truncated_body_ends_before_its_content_length(server: RegistryServer) -> None:
    server.set_fault("po", "truncated_body")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        httpx.get(server.duo_base_url + PO)


def test_a_body_truncated_quietly_has_no_content_length_and_half_a_last_line(
    server: RegistryServer, country: Path
) -> None:
    answer = po(server, "truncated_quietly")
    assert "Content-Length" not in answer.headers
    assert 0 < len(answer.content) < len(whole(country))
    assert not answer.content.endswith(b"\n")


def test_a_wrong_content_length_is_lower_than_the_body(
    server: RegistryServer, country: Path
) -> None:
    with socket.create_connection(
        ("127.0.0.1", int(server.duo_base_url.split(":")[2].split("/")[0]))
    ) as line:
        server.set_fault("po", "wrong_content_length")
        line.sendall(f"GET /duo/{PO} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, body = b"".join(iter(lambda: line.recv(65536), b"")).split(b"\r\n\r\n", 1)
    assert f"Content-Length: {len(whole(country)) - 100}".encode() in head
    assert body == whole(country)


def test_an_html_page_comes_with_status_200(server: RegistryServer) -> None:
    answer = po(server, "html_page")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_an_empty_body_comes_with_status_200(server: RegistryServer) -> None:
    answer = po(server, "empty_body")
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "0")


def test_a_renamed_column_keeps_its_cells(server: RegistryServer, country: Path) -> None:
    before, after = rows(whole(country)), rows(po(server, "renamed_column").content)
    assert "BEVOEGD GEZAG NUMMER" not in after[0]
    assert [r["BEVOEGD GEZAG NUMMER_NIEUW"] for r in after] == [
        r["BEVOEGD GEZAG NUMMER"] for r in before
    ]


def test_a_dropped_column_is_gone(server: RegistryServer, country: Path) -> None:
    before, after = rows(whole(country)), rows(po(server, "dropped_column").content)
    assert before[0].keys() - after[0].keys() == {"BEVOEGD GEZAG NUMMER"}
    assert [r["VESTIGINGSCODE"] for r in after] == [r["VESTIGINGSCODE"] for r in before]


def test_an_extra_column_is_one_more(server: RegistryServer, country: Path) -> None:
    before, after = rows(whole(country)), rows(po(server, "extra_column").content)
    assert after[0].keys() - before[0].keys() == {"INDICATIE_NIEUW"}


def test_duplicated_rows_come_twice(server: RegistryServer, country: Path) -> None:
    before, after = rows(whole(country)), rows(po(server, "duplicated_rows").content)
    assert len(after) == len(before) + -(-len(before) // 10)
    assert {r["VESTIGINGSCODE"] for r in after} == {r["VESTIGINGSCODE"] for r in before}


def test_numbers_that_lost_their_zeroes_are_shorter(server: RegistryServer, country: Path) -> None:
    before, after = rows(whole(country)), rows(po(server, "lost_leading_zeroes").content)
    assert [r["GEMEENTENUMMER"] for r in after] == [str(int(r["GEMEENTENUMMER"])) for r in before]
    assert [r["VESTIGINGSCODE"] for r in after] == [r["VESTIGINGSCODE"] for r in before]


def test_another_encoding_is_utf_8_for_duo_and_windows_1252_for_ckan(
    server: RegistryServer, country: Path
) -> None:
    assert po(server, "other_encoding").content.decode("utf-8") == whole(country).decode("cp1252")
    server.set_fault("boards", "other_encoding")
    before = (country / "ckan" / "files" / "besturenbo.csv").read_bytes()
    assert resource(server, "adressen_bo", "besturenbo.csv")[1].decode("cp1252") == before.decode(
        "utf-8"
    )


def test_utf_16_begins_with_its_mark(server: RegistryServer, country: Path) -> None:
    answer = po(server, "utf_16")
    assert answer.content[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert answer.content.decode("utf-16") == whole(country).decode("cp1252")


def test_nul_bytes_stand_in_the_middle(server: RegistryServer, country: Path) -> None:
    body = po(server, "nul_bytes").content
    assert b"\0" * 512 in body
    assert len(body) == len(whole(country))


def test_half_of_the_schools_are_gone_with_all_their_branches(
    server: RegistryServer, country: Path
) -> None:
    before = {r["INSTELLINGSCODE"] for r in rows(whole(country))}
    after = {r["INSTELLINGSCODE"] for r in rows(po(server, "half_the_schools_gone").content)}
    assert after < before
    assert len(after) == -(-len(before) // 2)


def test_one_province_is_gone_and_the_others_are_whole(
    server: RegistryServer, country: Path
) -> None:
    before, after = rows(whole(country)), rows(po(server, "one_province_gone").content)
    gone = {r["PROVINCIE"] for r in before} - {r["PROVINCIE"] for r in after}
    assert len(gone) == 1
    assert after == [r for r in before if r["PROVINCIE"] not in gone]


def test_renumbered_boards_keep_their_schools_together(
    server: RegistryServer, country: Path
) -> None:
    before, after = rows(whole(country)), rows(po(server, "all_boards_renumbered").content)
    pairs = {
        (b["BEVOEGD GEZAG NUMMER"], a["BEVOEGD GEZAG NUMMER"])
        for b, a in zip(before, after, strict=True)
    }
    assert all(old != new and len(new) == 5 for old, new in pairs)
    assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})


def test_names_of_other_rows_are_all_there_and_nothing_else_moves(
    server: RegistryServer, country: Path
) -> None:
    before, after = rows(whole(country)), rows(po(server, "names_of_other_rows").content)
    names = [r.pop("VESTIGINGSNAAM") for r in before]
    assert [r.pop("VESTIGINGSNAAM") for r in after] == [names[-1], *names[:-1]]
    assert after == before


@pytest.mark.parametrize(
    ("fault", "status"), [("status_404", 404), ("status_429", 429), ("status_503", 503)]
)
def test_a_status_comes_with_retry_after_where_a_retry_helps(
    server: RegistryServer, fault: str, status: int
) -> None:
    answer = po(server, fault)
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status != 404)


def test_a_slow_drip_outlasts_a_patient_client(server: RegistryServer) -> None:
    server.set_fault("po", "slow_drip")
    received, begun = 0, time.monotonic()
    with httpx.stream("GET", server.duo_base_url + PO, timeout=2) as answer:
        for chunk in answer.iter_raw():
            received += len(chunk)
            if time.monotonic() - begun > 0.7:
                break
    assert 0 < received < 10


def test_a_redirect_goes_to_another_host(server: RegistryServer) -> None:
    answer = po(server, "redirect_elsewhere")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"http://registry.invalid/duo/{PO}"


def test_an_endless_body_goes_past_any_size(server: RegistryServer, country: Path) -> None:
    server.set_fault("po", "endless_body")
    received = 0
    with httpx.stream("GET", server.duo_base_url + PO) as answer:
        for chunk in answer.iter_raw():
            received += len(chunk)
            if received > 20 * len(whole(country)):
                break
    assert "Content-Length" not in answer.headers


def test_broken_tls_cannot_shake_hands(server: RegistryServer) -> None:
    server.set_fault("po", "broken_tls")
    with pytest.raises(httpx.ConnectError, match="SSL"):
        httpx.get(server.duo_base_url + PO, follow_redirects=True)


def test_no_answer_is_a_dead_line(server: RegistryServer) -> None:
    server.set_fault("po", "no_answer")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        httpx.get(server.duo_base_url + PO)


def resource(server: RegistryServer, package: str, name: str) -> tuple[dict[str, str], bytes]:
    shown = httpx.get(f"{server.ckan_base_url}api/3/action/package_show?id={package}").json()
    found = next(r for r in shown["result"]["resources"] if r["name"] == name)
    return found, httpx.get(found["url"]).content


def test_ckan_tells_the_hash_of_the_content_that_it_published(server: RegistryServer) -> None:
    sound, _ = resource(server, "adressen_bo", "besturenbo.csv")
    server.set_fault("boards", "half_the_schools_gone")
    spoiled, body = resource(server, "adressen_bo", "besturenbo.csv")
    assert spoiled["hash"] == hashlib.md5(body, usedforsecurity=False).hexdigest() != sound["hash"]
    assert spoiled["size"] == len(body)


def test_a_fault_of_one_source_leaves_the_others_alone(
    server: RegistryServer, country: Path
) -> None:
    assert po(server, "status_503").status_code == 503
    vo = FILE_NAMES["today"]["vo"]
    assert httpx.get(server.duo_base_url + vo).content == (country / "duo" / vo).read_bytes()
    assert resource(server, "adressen_bo", "besturenbo.csv")[1]


def test_a_fault_may_pass_after_some_requests(server: RegistryServer) -> None:
    server.set_fault("po", "status_503", times=2)
    url = server.duo_base_url + PO
    assert [httpx.get(url).status_code for _ in range(3)] == [503, 503, 200]
    assert server.asked == [f"/duo/{PO}"] * 3


def test_a_fault_can_be_set_from_the_start_and_cleared(country: Path) -> None:
    with RegistryServer(country, faults={"po": "empty_body"}) as server:
        assert httpx.get(server.duo_base_url + PO).content == b""
        server.clear_fault("po")
        assert httpx.get(server.duo_base_url + PO).content == whole(country)


def test_a_server_that_is_dripping_can_be_stopped(country: Path) -> None:
    with RegistryServer(country, faults={"po": "slow_drip"}) as server:
        client = httpx.Client()
        with client.stream("GET", server.duo_base_url + PO) as answer:
            next(answer.iter_raw())
    client.close()


@pytest.mark.parametrize(
    ("source", "fault"), [("po", "nonsense"), ("nowhere", "status_404"), ("boards", "zip_bomb")]
)
def test_a_fault_that_cannot_be_is_refused_with_those_that_can(source: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"There are: boards|What can: truncated_body"):
        fault_for(source, fault)


def test_every_fault_says_what_it_means_and_where_it_can_happen() -> None:
    for fault in FAULTS.values():
        assert fault.meaning
        assert fault.sources <= SOURCES
        assert (fault.spoil is None) != (fault.send is None)


@pytest.mark.parametrize("name", ["duo/" + PO, "ckan/files/besturenso.csv"])
def test_a_table_taken_apart_and_put_together_is_the_same_to_the_byte(
    country: Path, name: str
) -> None:
    body = (country / name).read_bytes()
    assert Sheet.read(body).write() == body

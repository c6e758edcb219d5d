from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from oso_pipeline.demo.formats import FILE_NAMES
from oso_pipeline.demo.server import RegistryServer

PO = FILE_NAMES["today"]["po"]


@pytest.mark.parametrize("name", [PO, quote(PO, safe="")])
def test_a_file_comes_as_it_lies_there(country: Path, name: str) -> None:
    with RegistryServer(country) as server:
        answer = httpx.get(server.duo_base_url + name)
    assert answer.status_code == 200
    assert answer.content == (country / "duo" / PO).read_bytes()
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_resource_is_found_by_package_and_file_name(country: Path) -> None:
    with RegistryServer(country) as server:
        answer = httpx.get(
            f"{server.ckan_base_url}api/3/action/package_show", params={"id": "adressen_so"}
        ).json()
        url = next(r["url"] for r in answer["result"]["resources"] if r["name"] == "besturenso.csv")
        body = httpx.get(url).content
    assert url.startswith(server.ckan_base_url)
    assert body == (country / "ckan" / "files" / "besturenso.csv").read_bytes()


def test_a_body_that_is_already_there_is_not_sent_again(country: Path) -> None:
    with RegistryServer(country) as server:
        url = server.duo_base_url + PO
        first = httpx.get(url).headers
        by_tag = httpx.get(url, headers={"If-None-Match": first["ETag"]})
        by_time = httpx.get(url, headers={"If-Modified-Since": first["Last-Modified"]})
        another = httpx.get(url, headers={"If-None-Match": '"another"'})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_time.status_code == 304
    assert another.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["duo/nothing.csv", "duo/../truth/branches.csv", "ckan/api/3/action/package_show?id=x", "x"],
)
def test_what_is_not_there_is_a_404(country: Path, path: str) -> None:
    with RegistryServer(country) as server:
        assert httpx.get(server.duo_base_url.removesuffix("duo/") + path).status_code == 404


def test_the_server_says_nothing_on_the_terminal(
    country: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with RegistryServer(country) as server:
        httpx.get(server.duo_base_url + PO)
        httpx.get(server.duo_base_url + "nothing")
    assert capfd.readouterr() == ("", "")

"""The alert: what it says, that it arrives or is a warning, and that its address is seen nowhere."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from raw_server import says
from releases import FIRST, HELD_BY, SECOND, conclusion, index, make
from werkzeug import Request, Response

from oso_pipeline.errors import ExitCode
from oso_pipeline.release.alert import Alert, AlertKind, Served, alert_on, make_alert
from oso_pipeline.release.failures import Failure, tell_failed_run
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion, record
from oso_pipeline.release.publish import place_release

SECRET = "T0geheim-B1geheim"  # noqa: S105 - it is looked for in everything that is written


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """One release was published."""
    folder = DataFolder(tmp_path)
    make(folder, FIRST)
    return folder


@pytest.fixture
def webhook(httpserver: HTTPServer) -> SecretStr:
    return SecretStr(httpserver.url_for(f"/services/{SECRET}?token={SECRET}"))


def failed(folder: DataFolder, reason: str = "vo: column X is missing.") -> Conclusion:
    place_release(folder, index(SECOND, "failed", FIRST, demo=None))
    return replace(conclusion(SECOND, "failed"), reason=reason, exit_code=4, as_of="")


def held(folder: DataFolder) -> Conclusion:
    place_release(folder, index(SECOND, "held", FIRST))
    return replace(conclusion(SECOND, "held"), reason="branches_po: 106", exit_code=3)


def made(folder: DataFolder, night: Conclusion, *, waiting: bool = False) -> Alert:
    alert = make_alert(folder, night, waiting=waiting)
    assert alert is not None
    return alert


def after(folder: DataFolder, *verdicts: str) -> DataFolder:
    """Nights that ended so, an hour from one to the next."""
    for hour, verdict in enumerate(verdicts):
        night = conclusion(f"20261123T0{hour}0000Z-00000000", verdict)
        at = f"2026-11-23T0{hour}:00:00+00:00"
        record(folder, replace(night, at=at, reason=f"{verdict} at {hour}"))
    return folder


def test_a_failed_night_says_what_failed_what_is_still_served_and_what_to_do(
    folder: DataFolder, webhook: SecretStr, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/services/{SECRET}", method="POST").respond_with_data("ok")
    assert alert_on(folder, failed(folder), webhook)
    [(request, _)] = httpserver.log
    assert request.content_type == "application/json"
    served = {"release_id": FIRST, "as_of": "2026-11-22", "since": ""}
    assert request.json == {
        "text": "OSO: the night failed (exit code 4); nothing is published.\n"
        "vo: column X is missing.\n"
        f"Still served: release {FIRST} of 2026-11-22.\n"
        "Next: Mend the source, or wait until it answers.\n"
        "    oso run",
        "kind": "failed",
        "release_id": SECOND,
        "as_of": "",
        "at": "",
        "exit_code": 4,
        "reason": "vo: column X is missing.",
        "served": served,
        "next": ["Mend the source, or wait until it answers.", "oso run"],
        "demo": False,
    }


def test_a_held_night_names_its_checks_in_the_command_that_accepts_them(folder: DataFolder) -> None:
    alert = made(folder, held(folder))
    accepts = " ".join(f'--accept "{name}"' for name in HELD_BY)
    assert alert.kind == "held"
    assert f"oso diff {FIRST} {SECOND}" in alert.text
    assert f"oso publish {SECOND} {accepts} --reason TEXT" in alert.text
    assert "is held; it is complete and not published" in alert.text
    assert "is still held" in made(folder, held_again(folder), waiting=True).text


def held_again(folder: DataFolder) -> Conclusion:
    return replace(conclusion(SECOND, "held"), reason="branches_po: 106", exit_code=3)


def test_a_first_night_that_failed_says_that_nothing_was_published(tmp_path: Path) -> None:
    alert = made(DataFolder(tmp_path), replace(conclusion(FIRST, "failed"), exit_code=1))
    assert alert.served is None
    assert "Nothing was published before." in alert.text


def test_a_first_night_that_is_held_can_be_compared_with_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    place_release(folder, index(FIRST, "held"))
    alert = made(folder, replace(conclusion(FIRST, "held"), reason="branches_po: 106", exit_code=3))
    assert [line.split()[:2] for line in alert.next[1:]] == [["oso", "run"], ["oso", "publish"]]


@pytest.mark.parametrize(
    ("exit_code", "advice"),
    [
        (1, "Mend what it says."),
        (2, "Mend what it says."),
        (4, "Mend the source, or wait until it answers."),
        (5, "Wait until the other run has ended."),
    ],
)
def test_what_to_do_follows_from_how_the_night_failed(
    folder: DataFolder, exit_code: int, advice: str
) -> None:
    night = replace(failed(folder), exit_code=exit_code)
    assert made(folder, night).next == [advice, "oso run"]


def test_what_is_served_is_so_since_a_person_published_it_and_not_since_it_was_held(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    place_release(folder, index(FIRST))
    for verdict, hour in (("held", 6), ("published", 9), ("unchanged", 12)):
        night = replace(conclusion(FIRST, verdict), run_id=verdict, at=f"2026-11-22T{hour:02}:30:00+00:00")  # fmt: skip
        record(folder, night)
    alert = made(folder, failed(folder))
    assert alert.served == Served(FIRST, "2026-11-22", "2026-11-22T09:30:00+00:00")
    assert f"Still served: release {FIRST} of 2026-11-22, since 2026-11-22 09:30 UTC." in alert.text


def test_a_made_up_country_says_so(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    make(folder, FIRST, demo=True)
    assert made(folder, failed(folder)).text.startswith("DEMO. OSO: ")


def test_what_stood_in_a_file_calls_no_channel_and_fills_no_screen(folder: DataFolder) -> None:
    alert = made(folder, failed(folder, "found <!channel> @all " + "x" * 5000))
    assert "<!channel>" not in alert.text
    assert "@all" not in alert.text
    assert len(alert.text) < 2500
    assert len(alert.reason) > 5000


@pytest.mark.parametrize("verdict", ["published", "unchanged"])
@pytest.mark.parametrize("before", [[], ["failed", "published"], ["held", "unchanged"]])
def test_a_good_night_after_a_good_one_alerts_nobody(
    folder: DataFolder, webhook: SecretStr, httpserver: HTTPServer, verdict: str, before: list[str]
) -> None:
    night = replace(conclusion(SECOND, verdict), run_id="tonight")
    record(after(folder, *before), night)
    assert not alert_on(folder, night, webhook)
    assert httpserver.log == []


@pytest.mark.parametrize("verdict", ["published", "unchanged"])
def test_the_first_good_night_after_bad_ones_says_how_many_there_were_and_what_the_last_said(
    folder: DataFolder, webhook: SecretStr, httpserver: HTTPServer, verdict: str
) -> None:
    httpserver.expect_request(f"/services/{SECRET}").respond_with_data("ok")
    night = conclusion(SECOND, verdict)
    record(after(folder, "failed", "published", "held", "failed"), night)
    assert alert_on(folder, night, webhook)
    [(request, _)] = httpserver.log
    assert (request.json["kind"], request.json["exit_code"]) == ("recovered", 0)
    assert request.json["text"] == (
        "OSO: the night ended well, the first to do so since one failed or was held.\n"
        "Nights that failed or were held before it: 2, from 2026-11-23 02:00 UTC on. The last of them said: failed at 3\n"
        f"Served: release {FIRST} of 2026-11-22.\n"
        "Next: Nothing needs to be done."
    )


@pytest.mark.parametrize(("verdict", "kind"), [("failed", "failed"), ("published", "recovered")])
def test_a_damaged_line_of_the_log_silences_no_alert(
    folder: DataFolder, verdict: str, kind: str
) -> None:
    after(folder, "published", "failed")
    with folder.log.open("a", encoding="utf-8") as log:
        log.write("{damaged\n")
    night = replace(conclusion(SECOND, verdict), run_id="tonight")
    assert made(folder, night).kind == kind


def test_a_latest_whose_index_is_damaged_silences_no_alert(folder: DataFolder) -> None:
    night = failed(folder, "index.json cannot be read.")
    (folder.release(FIRST) / "index.json").write_text("{", encoding="utf-8")
    alert = made(folder, night)
    assert alert.served == Served(FIRST, "", "")
    assert f"Still served: release {FIRST}.\n" in alert.text


def test_a_run_that_cannot_be_recorded_is_told_without_contacts(
    folder: DataFolder, webhook: SecretStr, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/services/{SECRET}").respond_with_data("ok")
    failure = Failure("Permission denied: j.jansen@school.nl", ExitCode.FAILED)
    tell_failed_run(
        folder, failure, run_id="tonight", at=datetime(2026, 11, 23, 6, tzinfo=UTC), webhook=webhook
    )
    [(request, _)] = httpserver.log
    assert request.json["kind"] == "failed"
    assert "jansen" not in request.get_data(as_text=True)


def test_without_a_webhook_nothing_is_sent(folder: DataFolder) -> None:
    assert not alert_on(folder, failed(folder), SecretStr(""))


def test_a_webhook_that_is_busy_is_tried_again(
    folder: DataFolder, webhook: SecretStr, httpserver: HTTPServer
) -> None:
    for status in (503, 429):
        httpserver.expect_ordered_request(f"/services/{SECRET}").respond_with_data("", status)
    httpserver.expect_ordered_request(f"/services/{SECRET}").respond_with_data("ok")
    assert alert_on(folder, failed(folder), webhook)
    assert len(httpserver.log) == 3


@pytest.mark.parametrize(
    ("status", "asked"), [(503, 3), (500, 3), (404, 1), (403, 1), (302, 1), (307, 1)]
)
def test_a_webhook_that_does_not_take_it_is_a_warning(
    folder: DataFolder,
    webhook: SecretStr,
    httpserver: HTTPServer,
    caplog: pytest.LogCaptureFixture,
    status: int,
    asked: int,
) -> None:
    def answer(_: Request) -> Response:
        return Response("no", status, {"Location": httpserver.url_for("/elsewhere")})

    httpserver.expect_request(f"/services/{SECRET}").respond_with_handler(answer)
    assert not alert_on(folder, failed(folder), webhook)
    assert [request.path for request, _ in httpserver.log] == [f"/services/{SECRET}"] * asked
    ours = [one for one in caplog.records if one.name == "oso_pipeline.release.alert"]
    assert [one.levelname for one in ours] == ["WARNING"]
    assert f"the webhook answered {status}" in ours[0].getMessage()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "https://nowhere.invalid/", "https://\u00ad/"])  # fmt: skip
def test_a_webhook_that_is_not_there_is_a_warning(
    folder: DataFolder, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level(logging.DEBUG)
    assert not alert_on(folder, failed(folder), SecretStr(f"{address}{SECRET}"))
    assert "did not arrive" in caplog.text
    assert SECRET not in caplog.text


def test_a_webhook_that_answers_drop_by_drop_holds_nobody(
    folder: DataFolder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oso_pipeline.release.alert._LONGEST_SECONDS", 2)
    drops = [b"HTTP/1.1 200 OK\r\n", *[b"X-Drop: 1\r\n"] * 50]
    with says(*drops, pause=0.1) as (url, asked):
        assert not alert_on(folder, failed(folder), SecretStr(url))
    assert "no whole answer within 2 seconds" in caplog.text
    assert len(asked) == 1


@pytest.mark.parametrize("status", [200, 404, 503])
def test_the_address_is_in_no_log_however_much_is_logged(
    folder: DataFolder,
    webhook: SecretStr,
    httpserver: HTTPServer,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request(f"/services/{SECRET}").respond_with_data("", status)
    alert_on(folder, failed(folder), webhook)
    of_clients = [one for one in caplog.records if not one.name.startswith("werkzeug")]
    assert of_clients
    assert not [one for one in of_clients if SECRET in f"{one.getMessage()} {vars(one)}"]
    logging.getLogger("httpx").info("another request")
    assert "another request" in caplog.text


def test_the_kinds_are_those_that_are_made(folder: DataFolder) -> None:
    kinds = {
        made(folder, failed(folder)).kind,
        made(folder, replace(failed_again(), verdict="held")).kind,
        made(folder, failed_again(), waiting=True).kind,
        made(after(folder, "failed"), conclusion(SECOND)).kind,
    }
    assert kinds == set(get_args(AlertKind))
    assert json.loads(json.dumps(sorted(kinds))) == ["failed", "held", "held_waiting", "recovered"]


def failed_again() -> Conclusion:
    return replace(conclusion(SECOND, "failed"), reason="x", exit_code=4)

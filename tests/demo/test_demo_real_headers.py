from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.formats import FILE_NAMES, Form

REAL: list[tuple[Form, str, str]] = [
    ("today", "po", "2026-04/02.-alle-schoolvestigingen-basisonderwijs.csv"),
    ("today", "vo", "2026-04/02.-alle-vestigingen-vo.excerpt-8-rows.csv"),
    ("2020", "po", "2020-12/03-alle-vestigingen-bo.csv"),
    ("2020", "vo", "2020-12/02-alle-vestigingen-vo.csv"),
    ("2013", "po", "2013-06/02-alle-schoolvestigingen-basisonderwijs.csv"),
]


@pytest.mark.real
@pytest.mark.parametrize(("form", "sector", "name"), REAL)
def test_a_made_up_file_has_the_header_of_the_real_one(
    tmp_path: Path, duo_files: Path, form: Form, sector: str, name: str
) -> None:
    write_country(tmp_path, branches=50, as_of=date(2026, 11, 23), form=form)
    ours = (tmp_path / "duo" / FILE_NAMES[form][sector]).read_bytes().splitlines()[0]
    assert ours == (duo_files / name).read_bytes().splitlines()[0]

"""Opening a source's file: packed or not, its columns, and what breaks."""

import gzip
from pathlib import Path

import pytest

from geo311.core.problems import Invalid, UnusableFile
from geo311.importers.reading import RowFile, column_name
from geo311.importers.source import ParsedRow, Reason, RejectedRow
from geo311.importers.sources.chicago import SERIES, VEHICLES
from geo311.importers.sources.chicago import SOURCE as CHICAGO
from geo311.importers.sources.nyc import SOURCE as NYC

HEADER = "service_request_number,type_of_service_request,status,creation_date,longitude,latitude,street_address"
ROW = "18-1,Pothole in Street,Open,2018-12-18,-87.6,41.9,1 MAIN ST"


def rows_of(path: Path) -> list[ParsedRow | RejectedRow]:
    with RowFile(path, CHICAGO) as rows:
        return list(rows)


def written(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.csv", HEADER, ROW)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    misnamed = tmp_path / "b.csv"
    misnamed.write_bytes(packed.read_bytes())
    assert rows_of(packed) == rows_of(plain) == rows_of(misnamed)
    assert len(rows_of(plain)) == 1


def test_columns_are_found_whatever_their_order_case_and_byte_order_mark(tmp_path: Path) -> None:
    lines = ["Latitude,LONGITUDE,Status,Creation Date,Type of Service Request,Service Request Number"]
    lines += ['41.9,-87.6,"Open",2018-12-18,Pothole in Street,18-1']
    (row,) = rows_of(written(tmp_path / "a.csv", *lines, encoding="utf-8-sig"))
    assert isinstance(row, ParsedRow)
    assert (row.source_id, row.kind, row.address) == ("18-1", "Pothole in Street", "")


def test_a_header_is_known_in_both_of_a_portals_spellings() -> None:
    assert column_name("Unique Key") == column_name("unique_key") == column_name("\ufeffUNIQUE  KEY ") == "unique_key"
    assert column_name("X Coordinate (State Plane)") == "x_coordinate_state_plane"


def test_each_layout_of_a_source_is_recognised(tmp_path: Path) -> None:
    with RowFile(written(tmp_path / "a.csv", HEADER), CHICAGO) as rows:
        assert rows.layout is SERIES
    with RowFile(written(tmp_path / "b.csv", "CreationDt,Address,ZIPCode,Latitude,Longitude"), CHICAGO) as rows:
        assert rows.layout is VEHICLES


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", HEADER.replace("creation_date", "created").replace(",status", ",state"), ROW)
    with pytest.raises(Invalid, match="not a file of Chicago: it has no column creation_date, status") as problem:
        rows_of(file)
    assert [error.field for error in problem.value.errors] == ["creation_date", "status"]


def test_another_citys_file_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="not a file of New York"):
        RowFile(written(tmp_path / "a.csv", HEADER, ROW), NYC)


@pytest.mark.parametrize("content", [b"", b"\n", b"   \n\n", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(UnusableFile, match="no first line"):
        rows_of(tmp_path / "a.csv")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match=r"a\.csv cannot be opened: No such file"):
        rows_of(tmp_path / "a.csv")


def test_a_row_with_too_few_columns_is_rejected_with_its_line(tmp_path: Path) -> None:
    first, broken, last = rows_of(written(tmp_path / "a.csv", HEADER, ROW, "18-2,Pothole", ROW.replace("18-1", "18-3")))
    assert isinstance(broken, RejectedRow)
    assert (broken.line, broken.reason, broken.values) == (3, Reason.BROKEN, ["18-2", "Pothole"])
    assert [row.line for row in (first, last)] == [2, 4]


def test_a_quote_out_of_place_costs_one_row(tmp_path: Path) -> None:
    wrong = '18-2,"Pothole" in Street,Open,2018-12-18,-87.6,41.9,x'
    rows = rows_of(written(tmp_path / "a.csv", HEADER, wrong, ROW))
    assert [type(row) for row in rows] == [RejectedRow, ParsedRow]


def test_a_row_over_two_lines_keeps_the_number_of_its_first(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path / "a.csv", HEADER, ROW.replace("1 MAIN ST", '"1 MAIN\nST"'), ROW))
    assert [row.line for row in rows] == [2, 4]


def test_empty_lines_are_no_rows(tmp_path: Path) -> None:
    assert len(rows_of(written(tmp_path / "a.csv", HEADER, "", ROW, ",,,,,,", ""))) == 1


def test_what_does_harm_is_taken_out_of_texts(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path / "a.csv", HEADER, ROW.replace("1 MAIN ST", " 1\x00 MA\u202eIN ST ")))
    assert isinstance(row, ParsedRow)
    assert row.address == "1 MAIN ST"


def test_nothing_is_written_in_many_ways(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path / "a.csv", HEADER, ROW.replace("1 MAIN ST", "NULL")))
    assert isinstance(row, ParsedRow)
    assert row.address == ""


def test_another_encoding_is_named_with_the_line(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", HEADER, ROW.replace("MAIN", "MÜHL"), encoding="latin-1")
    with pytest.raises(UnusableFile, match="not written in UTF-8"):
        rows_of(file)


def test_a_packed_file_that_breaks_off_is_said_so(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join([HEADER, *(ROW.replace("18-1", f"18-{n}") for n in range(5_000))]).encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnusableFile, match="breaks off or is damaged at line"):
        rows_of(tmp_path / "a.csv.gz")


def test_how_much_is_read_goes_from_nothing_to_all(tmp_path: Path) -> None:
    with RowFile(written(tmp_path / "a.csv", HEADER, *[ROW] * 3_000), CHICAGO) as rows:
        shares = [rows.share_read for _row in rows]
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1.0
    assert shares == sorted(shares)

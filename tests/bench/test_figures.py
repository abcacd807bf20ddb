from datetime import UTC, datetime

import pytest

from bench import figures, tables

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MACHINE = {
    "cpu": "a processor",
    "cores": 2,
    "ram_gb": 8.0,
    "python": "3.11",
    "postgres": {"server_version": "15"},
    "load_before": 0.1,
    "load_after": 2.0,
}


def test_what_was_not_measured_is_null_under_its_name(tmp_path):
    path = tmp_path / "results" / "latest.json"

    figures.write(figures.unmeasured(), {"machine": MACHINE}, at=AT, path=path)

    found = figures.read(path)
    assert set(found["figures"].values()) == {None}
    assert {
        "pairs_per_s.plumbline.10k.8",
        "pairs_per_s.label_studio.1m.32",
        "pairs_per_s.ceiling.10k.8.x3",
        "next_p99_ms.ceiling.100k.1",
        "cpu_ms_per_pair.plumbline.10k.8.postgres",
        "claim_buffers.own10k",
        "oversold",
        "export_peak_mb",
    } <= set(found["figures"])
    assert list(found["pairs_per_s"]["plumbline"]["1m"]) == ["1", "8", "32", "1.x3", "8.x3", "32.x3"]


def test_a_cell_is_found_nested_and_flat(tmp_path):
    path = tmp_path / "latest.json"
    measured = figures.unmeasured()
    cell = {"pairs_per_s": 100.5, "cpu_ms_per_pair": {"python": 4.0, "postgres": None}}

    figures.put_cell(measured, "plumbline", "10k", "8.x3", cell)
    figures.write(measured, {"machine": MACHINE}, at=AT, path=path)

    found = figures.read(path)
    assert found["pairs_per_s"]["plumbline"]["10k"]["8.x3"] == 100.5
    assert found["figures"]["pairs_per_s.plumbline.10k.8.x3"] == 100.5
    assert found["figures"]["cpu_ms_per_pair.plumbline.10k.8.x3.python"] == 4.0


def test_a_figure_that_is_none_is_refused():
    with pytest.raises(KeyError):
        figures.put(figures.unmeasured(), "pairs_per_s", "plumbline", "10k", "9", value=1.0)


def test_tables_show_what_was_measured_and_say_what_was_not(tmp_path, monkeypatch, capsys):
    measured = figures.unmeasured()
    for system, rate in (("plumbline", 90.0), ("ceiling", 200.0)):
        figures.put_cell(measured, system, "10k", "8", {"pairs_per_s": rate})
    figures.write(measured, {"machine": MACHINE}, at=AT, path=tmp_path / "latest.json")
    found = figures.read(tmp_path / "latest.json")
    monkeypatch.setattr(figures, "read", lambda: found)

    tables.main()

    printed = capsys.readouterr().out
    assert "| share of the ceiling, 10k, 8 | 0.45 | ≥ 0.40 | met |" in printed
    assert "| share of the ceiling, 1m, 8 | — | ≥ 0.40 | not measured |" in printed
    assert printed.count("\n| 10k |") == 1

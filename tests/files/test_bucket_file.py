"""The operator's list of buckets: what it opens, and what is said of one with a fault."""

import io
import os
import subprocess
import sys
from ipaddress import ip_network

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from files.bucket_file import NAMES, bucket_file
from tests.bucket_store import SECRET_KEY, entry, write_list
from tests.machine import ROOT


def stores() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Where each is asked for, and the region."""
    return {place: (bucket.store.url, bucket.key.region) for place, bucket in bucket_file().buckets.items()}


def fault(settings, folder, *entries: str) -> str:
    """What is said, without the file's name; nothing is open then."""
    write_list(settings, folder, *entries)
    found = bucket_file()
    assert found.buckets == {}
    (said,) = found.faults
    start = f"BUCKETS_FILE ({settings.BUCKETS_FILE})"
    assert said.startswith(start)
    return said.removeprefix(start).lstrip(", ")


def test_no_file_opens_nothing(settings):
    assert settings.BUCKETS_FILE == ""
    assert (bucket_file().buckets, bucket_file().faults) == ({}, ())


def test_buckets_stand_at_their_vendor_or_where_the_operator_says(settings, tmp_path):
    settings.FETCH_PORTS = [443, 9000]
    google = '[[bucket]]\naddress = "gs://scans_1"\norganizations = ["acme"]\naccess_key = "GOOG1E"\nsecret_key = "s"\n'
    write_list(
        settings,
        tmp_path,
        entry("s3://pictures", "acme", "bolt"),
        google,
        entry("s3://my.scans", "acme", endpoint="https://store.example:9000/"),
    )

    amazon = ("https://s3.eu-north-1.amazonaws.com/", "eu-north-1")
    assert bucket_file().faults == ()
    assert stores() == {
        ("s3", "pictures", "acme"): amazon,
        ("s3", "pictures", "bolt"): amazon,
        ("gs", "scans_1", "acme"): ("https://storage.googleapis.com/", "auto"),
        ("s3", "my.scans", "acme"): ("https://store.example:9000/", "eu-north-1"),
    }


def test_two_customers_may_have_buckets_of_one_name_in_two_stores(settings, tmp_path):
    settings.FETCH_PORTS = [443]
    write_list(
        settings, tmp_path, entry("s3://scans", "acme"), entry("s3://scans", "bolt", endpoint="https://store.example")
    )

    assert {place[2]: store for place, (store, _region) in stores().items()} == {
        "acme": "https://s3.eu-north-1.amazonaws.com/",
        "bolt": "https://store.example/",
    }


def test_a_secret_may_stand_in_a_file_of_its_own(settings, tmp_path):
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    text = entry("s3://scans", "acme").replace("secret_key = ", "secret_key_file = ").replace(SECRET_KEY, "secret")
    write_list(settings, tmp_path, text)

    (bucket,) = bucket_file().buckets.values()
    assert bucket.key.secret_key == "from a file"
    assert "from a file" not in repr(bucket)


GOOD = entry("s3://scans", "acme")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{SECRET_KEY} = ", "is not TOML at line 1, column 6."),
        (f"[[bucket]]\nsecret_key = {SECRET_KEY}", "is not TOML at line 2, column 14."),
        ('[bucket]\naddress = "s3://scans"', "says [bucket]: write [[bucket]], for each bucket one."),
        ("buckets = []", "has “buckets”, which means nothing here: it consists of tables [[bucket]]."),
        ("bucket = [1]", "bucket 1: it is no table: write [[bucket]] on a line of its own."),
        (GOOD + "acces_key = 'x'", f"bucket 1: “acces_key” means nothing here; known are {', '.join(sorted(NAMES))}."),
        (GOOD.replace("s3://scans", "s3://scans/below"), "bucket 1: `address` is none such as s3://name or gs://name."),
        (GOOD.replace("s3://scans", "https://scans"), "bucket 1: `address` is none such as s3://name or gs://name."),
        (GOOD.replace("address = ", "# "), "bucket 1: `address` is missing."),
        (GOOD.replace("region = ", "# "), "bucket 1: `region` is missing."),
        (GOOD.replace("eu-north-1", "evil.example/"), "bucket 1: `region` is none such as eu-central-1."),
        (GOOD.replace("access_key = ", "access_key = 7 # "),
         "bucket 1: `access_key` has to be a text in quotation marks that is not empty."),
        (GOOD.replace("secret_key = ", "secret_key = '' # "),
         "bucket 1: `secret_key` has to be a text in quotation marks that is not empty."),
        (GOOD.replace("secret_key = ", "# "), "bucket 1: give `secret_key` or `secret_key_file`, one of them."),
        (GOOD + "secret_key_file = 'x'", "bucket 1: give `secret_key` or `secret_key_file`, one of them."),
        (GOOD.replace('["acme"]', '"acme"'),
         'bucket 1: `organizations` has to name those who may use the bucket, such as ["acme"].'),
        (GOOD.replace('["acme"]', "[]"),
         'bucket 1: `organizations` has to name those who may use the bucket, such as ["acme"].'),
        (GOOD.replace("acme", "*"),
         "bucket 1: `organizations` holds what is no slug: write what stands behind /o/ in the address of its pages."),
        (GOOD + GOOD, "bucket 2: s3://scans is there already for the organization “acme”."),
        (GOOD + "endpoint = 'store.example'", "bucket 1: `endpoint` is no address such as https://store.example.com."),
        (GOOD + "endpoint = 'https://a:b@store.example'",
         "bucket 1: `endpoint` is no address such as https://store.example.com."),
        (GOOD + "endpoint = 'https://store.example/v1'",
         "bucket 1: `endpoint` ends with the host: the bucket's name is put behind it."),
        (GOOD + "endpoint = 'https://store.example:22'",
         "bucket 1: `endpoint` has the port 22, which is none of FETCH_PORTS."),
        (GOOD + "endpoint = 'http://store.example'",
         "bucket 1: `endpoint` is plain http, which is for stores in FETCH_PRIVATE_NETWORKS alone: use https."),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_plain_words_and_opens_nothing(text, said, settings, tmp_path):
    settings.FETCH_PORTS, settings.FETCH_PRIVATE_NETWORKS = [80, 443], []

    assert fault(settings, tmp_path, text) == said
    assert not any(SECRET_KEY in sentence for sentence in bucket_file().faults)


def test_one_fault_closes_the_other_buckets_too_and_each_is_said(settings, tmp_path):
    settings.FETCH_PORTS = [443]
    write_list(settings, tmp_path, GOOD, "[[bucket]]", "[[bucket]]")

    assert bucket_file().buckets == {}
    assert [said.partition(", ")[2] for said in bucket_file().faults] == [
        "bucket 2: `address` is missing.",
        "bucket 3: `address` is missing.",
    ]


def test_plain_http_is_for_the_networks_that_the_operator_has_named(settings, tmp_path):
    settings.FETCH_PORTS, settings.FETCH_PRIVATE_NETWORKS = [80], [ip_network("10.1.0.0/16")]

    outside = fault(settings, tmp_path, GOOD + "endpoint = 'http://10.2.0.1'")
    write_list(settings, tmp_path, GOOD + "endpoint = 'http://10.1.0.1'")

    assert "is plain http" in outside
    assert stores() == {("s3", "scans", "acme"): ("http://10.1.0.1/", "eu-north-1")}


def test_a_file_that_cannot_be_read_is_said(settings, tmp_path):
    write_list(settings, tmp_path, GOOD.replace("secret_key = ", "secret_key_file = 'nowhere' # "))
    assert bucket_file().faults == (
        f"BUCKETS_FILE ({settings.BUCKETS_FILE}), bucket 1: `secret_key_file` ({tmp_path}/nowhere) cannot be read.",
    )
    (tmp_path / "latin.toml").write_bytes(b"# \xff")
    for name, said in [
        ("gone.toml", "cannot be read: No such file or directory."),
        ("", "cannot be read: Is a directory."),
        ("latin.toml", "is not in UTF-8."),
    ]:
        settings.BUCKETS_FILE = str(tmp_path / name)
        assert bucket_file().faults == (f"BUCKETS_FILE ({settings.BUCKETS_FILE}) {said}",)


def test_check_says_the_fault(settings, tmp_path):
    said = fault(settings, tmp_path, GOOD + GOOD)

    with pytest.raises(SystemCheckError) as stopped:
        call_command("check", stdout=io.StringIO())

    assert said in str(stopped.value)
    assert SECRET_KEY not in str(stopped.value)


def test_the_guide_shows_a_list_without_a_fault(settings, tmp_path):
    guide = (ROOT / "docs" / "guides" / "operators.md").read_text(encoding="utf-8")
    text = guide.split("```toml\n")[1].split("```")[0]
    for path in ("/run/secrets/acme-pictures", "bolt-scans.secret"):
        assert path in text
        text = text.replace(path, "secret")
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    settings.FETCH_PORTS = [443]

    write_list(settings, tmp_path, text)

    assert bucket_file().faults == ()
    assert {place: store for place, (store, _region) in stores().items()} == {
        ("s3", "acme-pictures", "acme"): "https://s3.eu-central-1.amazonaws.com/",
        ("gs", "bolt-scans", "bolt"): "https://storage.googleapis.com/",
        ("s3", "shared", "acme"): "https://store.example.com/",
        ("s3", "shared", "bolt"): "https://store.example.com/",
    }


@pytest.mark.parametrize("program", [["manage.py", "check"], ["-m", "config.runtime.prepare"]])
def test_a_start_ends_with_the_fault_and_without_a_stack_trace(program, tmp_path):
    path = tmp_path / "buckets.toml"
    path.write_text(GOOD.replace("region = ", "# "), encoding="utf-8")
    own = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3", "DEMO": "0"}
    environment = {**os.environ, **own, "BUCKETS_FILE": str(path)}

    ended = subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )

    assert ended.returncode != 0
    assert f"BUCKETS_FILE ({path}), bucket 1: `region` is missing." in ended.stderr
    assert "Traceback" not in ended.stderr

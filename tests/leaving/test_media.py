import pytest

from leaving.label_studio.media import Elsewhere, Folder, locate
from projects.contents import NotTakenError
from tests.bucket_store import entry, write_list


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "media"
    for name in ("a.png", "upload/1/0fe5742f-b.png", "one/c.png", "two/c.png", "deep/er/d.png"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "secret.png").write_bytes(b"x")
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    return Folder(root)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/data/upload/1/0fe5742f-b.png", "upload/1/0fe5742f-b.png"),
        ("http://localhost:8080/data/upload/1/0fe5742f-b.png", "upload/1/0fe5742f-b.png"),
        ("/data/upload/9/12345678-a.png", "a.png"),
        ("/data/local-files/?d=deep/er/d.png", "deep/er/d.png"),
        ("http://localhost:8080/data/local-files/?d=somewhere%2Fdeep%2Fer%2Fd.png", "deep/er/d.png"),
        ("s3://bucket/key/one/c.png", "one/c.png"),
        ("gs://bucket/d.png", "deep/er/d.png"),
        ("d.png", "deep/er/d.png"),
    ],
)
def test_files_are_found_by_path_or_name(folder, address, found):
    assert locate(address, folder) == folder.root / found


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("s3://bucket/c.png", "media_twice"),
        ("/data/upload/1/none.png", "media_missing"),
        ("/data/local-files/?d=../secret.png", "media_missing"),
        ("/data/local-files/", "media_missing"),
        ("s3://bucket/link.png", "media_missing"),
        ("http://[", "media_missing"),
        ("", "media_missing"),
        ("data:image/png;base64,AAAA", "media_embedded"),
    ],
)
def test_what_is_not_there_has_a_reason(folder, address, code):
    with pytest.raises(NotTakenError) as refused:
        locate(address, folder)

    assert refused.value.code == code


def test_addresses_of_the_web_are_fetched_later(folder):
    assert locate(" https://pictures.example.com/a.png?size=1 ", folder) == Elsewhere(
        "https://pictures.example.com/a.png?size=1"
    )
    with pytest.raises(NotTakenError):
        locate("/data/upload/1/a.png", Folder(None))


def test_a_bucket_of_the_organization_is_asked_for_what_the_folder_lacks(folder, settings, tmp_path):
    write_list(settings, tmp_path, entry("s3://bucket", "acme"))

    assert locate("s3://bucket/a.png", folder, "acme") == folder.root / "a.png"
    for name in ("none.png", "c.png"):  # missing, and twice there
        assert locate(f" s3://bucket/{name} ", folder, "acme") == Elsewhere(f"s3://bucket/{name}")
        for address, slug in [(f"s3://bucket/{name}", "bolt"), (f"s3://other/{name}", "acme")]:
            with pytest.raises(NotTakenError):
                locate(address, folder, slug)

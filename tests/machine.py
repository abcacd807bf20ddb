"""What this machine lacks for the whole suite: a lack is one closing line, and a failure where CI is set."""

import os
import shutil
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "") not in {"", "0", "false"}
ROOT = Path(__file__).parent.parent
REAL_DATA = Path(os.environ.get("PLUMBLINE_TEST_DATA") or ROOT.parent / "shared" / "data").resolve()
NO_REAL_DATA = (
    f"Tests on real files used small made ones only: there is no folder {REAL_DATA}; PLUMBLINE_TEST_DATA names another."
)
NO_CHROMIUM = (
    "Browser tests did not run: no Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
)

lacks: list[str] = [] if REAL_DATA.is_dir() else [NO_REAL_DATA]


def chromium() -> str | None:
    """The path of the browser: CHROMIUM, else what stands on PATH under a usual name."""
    if path := os.environ.get("CHROMIUM"):
        return path
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def real_files(pattern: str) -> list[Path]:
    """The real files of a kind, as parameters beside the made ones: `images/*.jpg`. Empty where there are none."""
    return sorted(REAL_DATA.glob(pattern))


def deselect_browser_tests(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a Chromium the tests below tests/browser do not run, and that is said once."""
    browser = [item for item in items if (ROOT / "tests" / "browser") in item.path.parents]
    if not browser or chromium():
        return
    lacks.append(NO_CHROMIUM)
    config.hook.pytest_deselected(items=browser)
    items[:] = [item for item in items if item not in browser]

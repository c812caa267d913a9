"""The wheel runs without the repository: its data lies inside the package."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.program import environment
from tests.support.served import served
from tests.support.source import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]
DATA = ("templates", "static", "translations", "migrations", "knowledge_base")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the repository as `make wheel` does."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(REPOSITORY)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; returns its console script."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    # The packages are those of the test run: a line of a .pth file adds their folder, and not
    # what .pth files inside it add, so the repository itself is out of reach.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps"]
    subprocess.run([*install, "--python", str(python), str(wheel)], check=True, capture_output=True)
    return folder / "bin" / "helpdesk"


def run(script: Path, folder: Path, *arguments: str) -> str:
    environ = {k: v for k, v in environment({}).items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [str(script), *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_data_goes_inside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"helpdesk"}
    for folder in DATA:
        inside = {n for n in names if n.startswith(f"helpdesk/_data/{folder}/")}
        wanted = {
            f"helpdesk/_data/{path.relative_to(REPOSITORY)}"
            for path in (REPOSITORY / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert inside == wanted


def test_installed_program_migrates_and_lists_its_settings(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "db", "upgrade")
    assert (tmp_path / "var" / "helpdesk.sqlite3").is_file()
    assert json.loads(run(installed, tmp_path, "config", "--json"))["settings"]


def test_installed_program_serves_pages_and_styles(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "db", "upgrade")
    environ = {"HELPDESK_DEMO": "1", "HELPDESK_WORKERS": "1"}
    with served([str(installed), "run"], tmp_path, environ, repository=False) as site:
        assert "<h1" in site.get("/sign-in")
        assert "--hd-accent" in site.get("/static/css/theme.css")

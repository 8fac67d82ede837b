"""The wheel: what it holds, and that it works in a bare Django project."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).with_name("bare_project.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    directory = tmp_path_factory.mktemp("wheel")
    # From a copy: a build leaves folders behind.
    source = directory / "source"
    source.mkdir()
    for name in ("drf_accessflow_mfa", "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(source)], check=True)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(directory), str(source)])
    (built,) = directory.glob("*.whl")
    return built


def run(command, **options):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"drf_accessflow_mfa"}
    for path in sorted((ROOT / "drf_accessflow_mfa").rglob("*")):
        is_source = path.suffix in {".pyc", ".po"} or "__pycache__" in path.parts
        if path.is_file() and not is_source:
            assert path.relative_to(ROOT).as_posix() in names
    assert "drf_accessflow_mfa/py.typed" in names


def test_the_wheel_works_in_a_bare_django_project(wheel, tmp_path):
    site = tmp_path / "site"
    run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)])
    environment = {**os.environ, "PYTHONPATH": str(site)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    printed = run([sys.executable, "-W", "error", str(PROJECT)], cwd=tmp_path, env=environment)

    assert printed.split()[-4:] == ["401", "201", "200", "200"]


def test_the_bare_project_runs_the_wheel_and_not_the_checkout(wheel, tmp_path):
    site = tmp_path / "site"
    run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)])

    found = run(
        [sys.executable, "-c", "import drf_accessflow_mfa; print(drf_accessflow_mfa.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
    )

    assert found.strip().startswith(str(site))

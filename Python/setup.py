"""What pyproject.toml cannot say: the version is the program's, and the wheel is for one platform but any Python."""

import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

program = Path(__file__).parent / "segmentation_buddies" / "bin" / "bsb"


class Binary(Distribution):
    def has_ext_modules(self) -> bool:
        return True


class PlatformWheel(bdist_wheel):
    """Native code, but nothing of CPython's: py3-none-PLATFORM."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


if not program.exists():
    raise SystemExit(f"{program} is not there: the wheel is made by scripts/wheel, which puts the program in")
version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
setup(version=version, distclass=Binary, cmdclass={"bdist_wheel": PlatformWheel})

"""The parts that pyproject.toml cannot say: the compiled one, and quern's programs inside a wheel.

Without a compiler the package works, slower, in plain Python.
QUERN_WHEEL_BIN=DIR puts DIR's quern-master, quern-worker and quern into the wheel, stripped, with the
libraries they need except the C library's own, so that local[*] needs nothing else.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py

PROGRAMS = ("quern-master", "quern-worker", "quern")
# Of the C library and its loader, which must be the system's.
SYSTEM = re.compile(r"(ld-linux.*|linux-vdso|libc|libm|libdl|libpthread|librt|libresolv|libutil)\.so")


def libraries(program):
    """The files of the shared libraries that a program needs, of these the ones to carry."""
    told = subprocess.run(["ldd", program], check=True, stdout=subprocess.PIPE, text=True).stdout
    if "not found" in told:
        raise SystemExit(f"{program} lacks libraries:\n{told}")
    found = re.findall(r"=> (/\S+)", told)
    return [Path(f) for f in found if not SYSTEM.match(Path(f).name)]


class BuildWithPrograms(build_py):
    def run(self):
        super().run()
        source = os.environ.get("QUERN_WHEEL_BIN")
        if source:
            self.carry(Path(source), Path(self.build_lib) / "quern" / "bin")

    def carry(self, source, target):
        (target / "lib").mkdir(parents=True, exist_ok=True)
        for name in PROGRAMS:
            for library in libraries(source / name):
                shutil.copy(library, target / "lib" / library.name)
            subprocess.run(["strip", "-o", target / name, source / name], check=True)
            (target / name).chmod(0o755)


setup(
    cmdclass={"build_py": BuildWithPrograms},
    ext_modules=[
        Extension(
            "quern._speed",
            ["src/speed/speed.c", "src/speed/columns.c", "src/speed/records.c"],
            depends=["src/speed/speed.h"],
            extra_compile_args=["-O2", "-std=c17"],
            optional=True,
        )
    ],
)

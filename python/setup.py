"""The compiled part: without a compiler the package works, slower, in plain Python."""

from setuptools import Extension, setup

SOURCES = ["src/speed/speed.c", "src/speed/columns.c", "src/speed/records.c"]

setup(
    ext_modules=[
        Extension(
            "quern._speed",
            SOURCES,
            depends=["src/speed/speed.h"],
            extra_compile_args=["-O2", "-std=c17"],
            optional=True,
        )
    ]
)

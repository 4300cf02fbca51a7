#!/usr/bin/env python3
"""What is installed can be found, compiled against and linked by a project that has nothing else."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from usage_test import run_usage

BUILD = os.environ.get("ANEMON_BUILD", "build")
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def run(*command, **popen):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                            **popen)
    if result.returncode != 0:
        raise AssertionError(f"{command}:\n{result.stdout}\n{result.stderr}")
    return result.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.prefix = pathlib.Path(cls.scratch.name) / "prefix"
        run("cmake", "--install", BUILD, "--component", "sdk", "--prefix", cls.prefix)

    def test_a_consumer_builds_and_runs(self):
        build = self.build(HERE / "consumer")
        environment = {**os.environ, "ANEMON_SOCKET": "/nonexistent/anemond.sock"}
        self.assertEqual(run(build / "consumer_c", env=environment), "1\n")
        self.assertIn("no daemon", run(build / "consumer_cxx", env=environment))

    def test_a_profiling_consumer_builds_and_runs_with_what_is_installed(self):
        build = self.build(HERE / "profiler_consumer")
        folder = pathlib.Path(self.scratch.name) / "profiled"
        folder.mkdir()
        said, _ = run_usage(build / "profiler_usage", folder)
        self.assertIn("score nan", said)

    def test_the_library_shows_its_own_interface_only(self):
        [library] = (self.prefix / "lib").glob("libanemon.so.*.*.*")
        symbols = run("nm", "-D", "-C", "--defined-only", library).splitlines()
        names = [line.split(maxsplit=2)[2] for line in symbols]
        self.assertIn("anemon::ANEPerformanceProfiler::LastError[abi:cxx11]() const", names)
        for name in names:
            self.assertRegex(name, r"^anemon::(ANEPerformanceProfiler::|MemberOrigins::|ToString|Calculate)")

    def test_what_the_documentation_shows_builds_and_runs(self):
        text = (ROOT / "docs" / "triton.md").read_text()
        folder = pathlib.Path(self.scratch.name) / "documented"
        folder.mkdir()
        project, program, in_c = (
            re.search(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE).group(1)
            for language in ("cmake", "cpp", "c"))
        (folder / "server.cc").write_text(program)
        (folder / "server.c").write_text(in_c)
        (folder / "CMakeLists.txt").write_text(
            project + "add_executable(server_c server.c)\n"
                      "target_link_libraries(server_c PRIVATE anemon::client)\n")
        build = self.build(folder)
        run(build / "server")
        run(build / "server_c")

    def test_the_documented_program_that_profiles_builds_and_runs(self):
        text = (ROOT / "docs" / "library.md").read_text()
        folder = pathlib.Path(self.scratch.name) / "library"
        folder.mkdir()
        project, program = (re.search(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE).group(1)
                            for language in ("cmake", "cpp"))
        (folder / "profile_it.cc").write_text(program)
        (folder / "CMakeLists.txt").write_text(project)
        build = self.build(folder)
        said, _ = run_usage(build / "profile_it", folder)
        self.assertRegex(said, r"[0-9.]+ ms\nnan W: absent, no daemon")
        for name in ("net.json", "net.csv", "net.html"):
            self.assertTrue((folder / name).exists(), name)

    def build(self, source):
        build = pathlib.Path(self.scratch.name) / f"build-{source.name}"
        run("cmake", "-G", "Ninja", "-S", source, "-B", build,
            f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_C_COMPILER={os.environ['CC']}", f"-DCMAKE_CXX_COMPILER={os.environ['CXX']}")
        run("cmake", "--build", build)
        return build

    def test_installed_files_name_no_place_of_the_build(self):
        for path in self.prefix.rglob("*.cmake"):
            text = path.read_text()
            self.assertNotIn(str(ROOT), text, path)
            self.assertNotIn(str(pathlib.Path(BUILD).resolve()), text, path)

    def test_the_headers_include_nothing_that_is_not_installed(self):
        headers = list((self.prefix / "include").rglob("*.h"))
        self.assertTrue(headers)
        for header in headers:
            for line in header.read_text().splitlines():
                if line.startswith("#include \""):
                    self.assertTrue((header.parent / line.split('"')[1]).exists(), line)
                if line.startswith("#include <anemon/"):
                    self.assertTrue((self.prefix / "include" / line[10:-1]).exists(), line)


if __name__ == "__main__":
    unittest.main()

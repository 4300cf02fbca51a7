#!/usr/bin/env python3
"""A program written for the library compiles, runs to its end in time, and leaves files that can be read."""

import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from anemond import SLOW  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("PROFILER_USAGE", "build/bin/profiler_usage")).resolve()
SMALL_MODEL = os.environ.get("SMALL_MODEL", "build/bin/small_model")
LIMIT = 40 * SLOW  # seconds


def run_usage(program, folder, small_model=SMALL_MODEL):
    """What it printed, and the seconds it took; the model is found beside what it leaves."""
    subprocess.run([small_model, folder], check=True)
    begin = time.monotonic()
    ran = subprocess.run([program, folder / "small.mlpackage"], cwd=folder, capture_output=True, text=True,
                         timeout=3 * LIMIT, env={"PATH": "/usr/bin:/bin", "HOME": str(folder),
                                                 "ANEMON_SOCKET": "/nonexistent/anemond.sock"})
    seconds = time.monotonic() - begin
    if ran.returncode != 0:
        raise AssertionError(f"status {ran.returncode} after {seconds:.1f} s:\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout, seconds


class Usage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = pathlib.Path(scratch.name)
        cls.said, cls.seconds = run_usage(PROGRAM, cls.folder)

    def test_it_ends_within_40_seconds(self):
        print(f"{self.seconds:.1f} s")
        self.assertLess(self.seconds, LIMIT)

    def test_what_was_measured_is_told_and_power_is_absent(self):
        self.assertRegex(self.said, r"inference [0-9.e-]+ ms, [0-9.e+]+ inf/s")
        self.assertRegex(self.said, r"\n2 layers, [0-9.e-]+ ms\n")
        self.assertRegex(self.said, r"optimal batch [124]: \S")
        self.assertIn("average power nan W, peak nan W, 0 points", self.said)
        self.assertRegex(self.said, r"model [0-9.]+ MB, activations [0-9.]+ MB")
        self.assertIn("score nan", self.said)

    def test_the_exported_files_hold_the_same_numbers(self):
        document = json.loads((self.folder / "my_model_profile.json").read_text())
        self.assertEqual(document["schema"], "anemon.result/1")
        self.assertEqual(document["model"]["name"], "my_model")
        self.assertNotIn("average_power_watts", document["power"])
        self.assertIn("average_power_watts", document["power"]["absent"])
        with open(self.folder / "my_model_profile.csv", newline="", encoding="utf-8") as file:
            rows = {row["Metric"]: row for row in csv.DictReader(file)}
        inference = rows["inference_time_ms"]
        self.assertEqual(float(inference["Value"]), document["timing"]["inference_time_ms"])
        self.assertEqual(inference["Unit"], "ms")
        self.assertEqual(sum(name.startswith("layer_timings_ms.") for name in rows), 2)  # activations are fused

    def test_the_report_is_one_page_with_the_result_in_it(self):
        page = (self.folder / "report.html").read_text()
        self.assertIn("my_model", page)
        self.assertLess(len(page), 1.5e6)


if __name__ == "__main__":
    unittest.main()

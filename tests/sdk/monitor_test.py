#!/usr/bin/env python3
"""A program that watches itself sees through a real daemon what it reports."""

import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from anemond import SLOW, Daemon  # noqa: E402

DRIVER = os.environ.get("MONITOR_DRIVER", "build/bin/monitor_driver")


class Monitoring(unittest.TestCase):
    def test_throughput_is_what_the_program_reports(self):
        with Daemon("collectors: {inference: {period: 20ms}}\n") as daemon:
            ran = subprocess.run([DRIVER], capture_output=True, text=True, timeout=60 * SLOW,
                                 env={**os.environ, "ANEMON_SOCKET": str(daemon.socket)})
        self.assertEqual(ran.returncode, 0, ran.stderr)
        seen, inferences, tokens, images, origin = ran.stdout.split()
        self.assertEqual(seen, "1")
        self.assertGreater(float(inferences), 0)
        self.assertAlmostEqual(float(tokens) / float(inferences), 3, delta=0.1)
        self.assertEqual((images, origin), ("nan", "derived"))


if __name__ == "__main__":
    unittest.main()
